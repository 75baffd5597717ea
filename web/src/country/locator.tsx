import { useWorldMap } from '../explorer/map-view.tsx';
import { MapNotLoaded } from '../failure.tsx';
import type { CountryFacts } from './country-page.tsx';

/** At least this much of the map is shown, in its units, to show where in the world the country is. */
const MIN_WIDTH = 900;
const RATIO = 4 / 3;

/** Where the country is, among its neighbours. A picture of what the facts say. */
export function Locator({ country: { code, name, borders } }: { country: CountryFacts }) {
  const map = useWorldMap();
  if (code === 'AQ') return null;
  if (map === null) return <MapNotLoaded />;
  const place = map?.territories[code];
  if (!map || !place) return <div class="locator" />;
  const [left, top, width, height] = (place.box ?? [place.x, place.y, 0, 0]) as [number, number, number, number];
  const shown = Math.max(MIN_WIDTH, width * 1.8, height * 1.8 * RATIO);
  const frame = [left + width / 2 - shown / 2, top + height / 2 - shown / RATIO / 2, shown, shown / RATIO];
  const near = new Set(borders.map((it) => it.code));
  return (
    <svg class="locator" viewBox={frame.map(Math.round).join(' ')} role="img" aria-label={`${name} on the map`}>
      {map.unclaimed.map((path) => (
        <path key={path} class="land" d={path} />
      ))}
      {Object.entries(map.territories).map(([other, { path }]) =>
        path && other !== code ? <path key={other} class={near.has(other) ? 'land near' : 'land'} d={path} /> : null,
      )}
      {place.path && <path class="here" d={place.path} />}
      {place.isSmall && <path class="here dot" d={`M${place.x} ${place.y}h0`} />}
    </svg>
  );
}
