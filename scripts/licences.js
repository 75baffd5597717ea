import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes the licences of the packages whose modules are in the bundle: most require their text to go with the code.
 * @param {Iterable<string>} modules
 * @param {string} file
 */
export async function writeLicences(modules, file) {
  const folders = new Set([...modules].filter((path) => path.includes('/node_modules/')).map(packageFolder));
  const entries = await Promise.all([...folders].sort().map(entryOf));
  await writeFile(file, `${[...new Set(entries)].join(`\n${'-'.repeat(100)}\n\n`)}\n`);
}

/**
 * The folder of a package has a name and a version; folders within it may have a package.json of another kind.
 * @param {string} path
 */
function packageFolder(path) {
  const [, inside = ''] = /^(?:.*\/node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  const folder = path.slice(0, path.lastIndexOf(`/node_modules/${inside}`) + `/node_modules/${inside}`.length);
  if (!existsSync(join(folder, 'package.json'))) throw new Error(`No package.json in ${dirname(path)}`);
  return folder;
}

/** @param {string} folder */
async function entryOf(folder) {
  const about = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { name, version, license, repository } = about;
  if (typeof license !== 'string') throw new Error(`The package ${name} names no licence`);
  const files = (await readdir(folder))
    .filter((it) => /^(licen[cs]e|copying|notice|thirdpartynotices)/i.test(it))
    .sort();
  const texts = await Promise.all(files.map((it) => readFile(join(folder, it), 'utf8')));
  const where = typeof repository === 'string' ? repository : repository?.url;
  return [
    `${name} ${version}`,
    `Licence: ${license}`,
    `Source: ${where ?? '-'}`,
    ...texts.map((text) => `\n${text.trim()}`),
  ].join('\n');
}
