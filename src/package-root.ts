/** The folder of this package, seen from `src` as from `dist`: every file of either that asks for it lies directly there. */
export const PACKAGE_ROOT = new URL('../', import.meta.url);

/** True in development and in the tests, which run the sources as they are. */
export const FROM_SOURCES = import.meta.url.endsWith('.ts');

/** The file with which another thread or process begins, such as `summary/draw-process`. */
export function programFile(name: string): URL {
  return new URL(FROM_SOURCES ? `src/${name}.ts` : `dist/${name}.js`, PACKAGE_ROOT);
}
