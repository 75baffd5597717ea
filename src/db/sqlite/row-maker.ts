import { compileFunction } from 'node:vm';

/** The columns of a row in their order. */
export type Cells = readonly unknown[];

/**
 * Makes rows of what libsql hands over as arrays: it would make an object name by name, which takes half as long again as
 * the reading. An object literal of the names is what V8 makes quickest. The names are those of our own statements.
 */
export function rowMaker(names: readonly string[]): (cells: Cells) => object {
  const properties = names.map((name, at) => `${JSON.stringify(name)}: cells[${at}]`);
  return compileFunction(`return { ${properties.join(', ')} };`, ['cells']) as (cells: Cells) => object;
}
