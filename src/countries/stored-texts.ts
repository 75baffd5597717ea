/**
 * The texts of a list as JSON. Nearly every list of capitals is one text with nothing escaped, which takes a fifth of
 * the time without JSON.parse.
 */
export function storedTexts(json: string): string[] {
  return isOnePlain(json) ? [json.slice(2, -2)] : (JSON.parse(json) as string[]);
}

function isOnePlain(json: string): boolean {
  if (!json.startsWith('["') || !json.endsWith('"]')) return false;
  return json.indexOf('"', 2) === json.length - 2 && !json.includes('\\');
}
