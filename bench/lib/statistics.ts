/** The median of several rounds, and their spread. */
export interface Measured {
  median: number;
  min: number;
  max: number;
  rounds: number;
}

export interface Contender {
  name: string;
  rounds: number;
  /** One measurement. */
  measure(): Promise<number>;
}

/**
 * Measures the contenders in turn, round after round and in the opposite order each time, so that changes in the load
 * of the machine affect all of them alike.
 */
export async function inTurn(contenders: readonly Contender[]): Promise<[name: string, Measured][]> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  const most = Math.max(...contenders.map(({ rounds }) => rounds));
  for (let round = 0; round < most; round++) {
    const inRound = contenders.filter(({ rounds }) => round < rounds);
    for (const { name, measure } of round % 2 === 0 ? inRound : inRound.toReversed())
      samples.get(name)?.push(await measure());
  }
  return [...samples].map(([name, values]) => [name, summarise(values)]);
}

export function summarise(values: readonly number[]): Measured {
  return {
    median: quantile(values, 0.5),
    min: Math.min(...values),
    max: Math.max(...values),
    rounds: values.length,
  };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (at % 1);
}
