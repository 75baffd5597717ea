import type { WorldMap } from './world-map.ts';

const DIRECTIONS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The country that an arrow key leads to: near, and more ahead than to the side. */
export function neighbourTowards(
  key: string,
  from: string,
  { territories }: WorldMap,
  among: { code: string }[],
): string | undefined {
  const direction = DIRECTIONS[key];
  const start = territories[from];
  if (!direction || !start) return undefined;
  let best: string | undefined;
  let shortest = Number.POSITIVE_INFINITY;
  for (const { code } of among) {
    const place = territories[code];
    if (!place || code === from || code === 'AQ') continue;
    const [dx, dy] = [place.x - start.x, place.y - start.y];
    const ahead = dx * direction[0] + dy * direction[1];
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    if (ahead <= 0 || aside > ahead * 2) continue;
    const distance = ahead + 2 * aside;
    if (distance < shortest) [best, shortest] = [code, distance];
  }
  return best;
}
