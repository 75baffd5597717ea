/** The middle of several rounds, and how far they lie apart. */
export interface Measured {
  median: number;
  min: number;
  max: number;
  rounds: number;
}

export interface Contender {
  name: string;
  /** One measurement. */
  measure: () => Promise<number>;
}

/**
 * Measures everybody in turn, round after round, so that what happens on the machine meanwhile hits all of them alike.
 * The order turns round each time.
 */
export async function inTurn(
  contenders: readonly Contender[],
  rounds: number,
): Promise<Map<string, Measured>> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const { name, measure } of order) samples.get(name)?.push(await measure());
  }
  return new Map([...samples].map(([name, values]) => [name, summarise(values)]));
}

export function summarise(values: readonly number[]): Measured {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    rounds: values.length,
  };
}

export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (at % 1);
}
