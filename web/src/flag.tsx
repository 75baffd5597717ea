const files = import.meta.glob<string>('../../node_modules/circle-flags/flags/??.svg', {
  query: '?url',
  import: 'default',
  eager: true,
});

const urls = new Map(Object.entries(files).map(([path, url]) => [path.slice(-6, -4).toUpperCase(), url]));

/** A decoration: the name is next to it. */
export function Flag({ code, size = 20 }: { code: string; size?: number }) {
  const url = urls.get(code);
  return url ? <img class="flag" src={url} alt="" width={size} height={size} loading="lazy" /> : null;
}
