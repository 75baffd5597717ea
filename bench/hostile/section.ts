import type { Measured } from '../lib/rounds.js';
import type { Section } from '../report/section.js';
import type { Hostile } from './hostile.js';

/** The part of docs/benchmarks.md that tells of the hostile load. */
export function hostileSection(hostile: Hostile): Section {
  const rows = [
    ['quiet, ms', hostile.quietMs],
    ['under attack, ms', hostile.hostileMs],
    ['ratio of the two', hostile.ratio],
    ['in the first three seconds of an attack, ms', hostile.firstMs],
    ['95th percentile, quiet, ms', hostile.quietP95Ms],
    ['95th percentile, under attack, ms', hostile.hostileP95Ms],
  ] satisfies [string, Measured][];
  const memory = (mb: readonly number[]) => mb.map((it) => Math.round(it)).join(', ');
  const text = `### An honest client beside hostile ones

Placed: ${hostile.place}.

| median of the honest client | of all rounds | least to most |
|---|---|---|
${rows.map(([what, { median, min, max }]) => `| ${what} | ${fixed(median)} | ${fixed(min)} to ${fixed(max)} |`).join('\n')}

Memory that the server holds, garbage collected, in MB: ${memory([hostile.heldBeforeMb])} before the first attack, then
${memory(hostile.heldMb)} after each. Its resident size at the end of each, garbage included: ${memory(hostile.residentMb)}.`;
  return { text, charts: {} };
}

function fixed(value: number): string {
  return value.toFixed(2);
}
