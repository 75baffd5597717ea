/** How many runs a property or a race gets: all of them with CI=true, a quarter of them otherwise. */
export function runs(all: number): number {
  return process.env.CI === 'true' ? all : Math.ceil(all / 4);
}
