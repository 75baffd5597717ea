/**
 * A database URL that may be shown. It need not be a valid URL: whatever could be a password in a mistyped one goes
 * as well.
 */
export function withoutPassword(url: string): string {
  const afterScheme = url.includes('//') ? url.indexOf('//') + 2 : 0;
  const colon = url.indexOf(':', afterScheme);
  const at = url.lastIndexOf('@');
  const shown = at > colon && colon >= 0 ? `${url.slice(0, colon)}:***${url.slice(at)}` : url;
  return shown.replace(/([?&][^=&]*pass[^=&]*=)[^&]*/gi, '$1***');
}
