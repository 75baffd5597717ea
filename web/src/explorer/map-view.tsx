import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { MapNotLoaded } from '../failure.tsx';
import { Flag } from '../flag.tsx';
import { colourClass, colourOf, type Metric, type Row } from './metrics.ts';
import { neighbourTowards } from './neighbour.ts';
import type { View } from './view.ts';
import type { WorldMap } from './world-map.ts';

const loading = import('virtual:world-map').then(
  ({ map }) => map,
  () => null,
);

/** Undefined until it is loaded; null when it cannot be. */
export function useWorldMap(): WorldMap | null | undefined {
  const [map, setMap] = useState<WorldMap | null>();
  useEffect(() => void loading.then(setMap), []);
  return map;
}

interface Props {
  /** All countries, and those that the filters leave. */
  rows: Row[];
  shown: Row[];
  metric: Metric;
  view: View;
}

/**
 * The map. One of its countries is in the tab order; arrow keys move to the next one, Enter opens it. A tap shows a
 * country, and a second tap opens it.
 */
export function MapView({ rows, shown, metric, view }: Props) {
  const map = useWorldMap();
  const { route } = useLocation();
  const [active, setActive] = useState<string | null>(null);
  const svg = useRef<SVGSVGElement>(null);
  /** The country that was shown when a finger came down; undefined for other pointers. */
  const beforeTap = useRef<string | null | undefined>(undefined);
  const shapes = useMemo(
    () => map && <Shapes map={map} rows={rows} shown={shown} metric={metric} />,
    [map, rows, shown, metric],
  );
  const frame = map?.frames[view.region === '' ? 'WORLD' : view.region] ?? [0, 0, 10_000, 4500];
  const row = rows.find(({ code }) => code === active);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setActive(null);
    const from = codeOf(event);
    const next = map && from ? neighbourTowards(event.key, from, map, shown.length > 0 ? shown : rows) : undefined;
    if (!next) return;
    event.preventDefault();
    svg.current?.querySelector<SVGElement>(`[data-code="${next}"]`)?.focus();
  };
  const onFocusIn = (event: FocusEvent) => {
    const code = codeOf(event);
    if (!code) return;
    svg.current?.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
    (event.target as Element).closest('[data-code]')?.setAttribute('tabindex', '0');
    setActive(code);
  };
  const onClick = (event: MouseEvent) => {
    const code = codeOf(event);
    if (!code || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (beforeTap.current !== undefined && beforeTap.current !== code) setActive(code);
    else route(`/country/${code}`);
  };
  if (map === null) return <MapNotLoaded />;
  return (
    <figure class={`map ${view.region === '' ? '' : 'zoomed'}`}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be an image. */}
      <svg
        ref={svg}
        viewBox={frame.join(' ')}
        role="group"
        aria-label={`World map: ${metric.unit}. Arrow keys move between countries, Enter opens one.`}
        onPointerDown={({ pointerType }) => {
          beforeTap.current = pointerType === 'touch' ? active : undefined;
        }}
        onPointerOver={(event) => event.pointerType !== 'touch' && setActive(codeOf(event))}
        onPointerLeave={({ pointerType }) => pointerType !== 'touch' && setActive(null)}
        onFocusIn={onFocusIn}
        onFocusOut={() => setActive(null)}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        {shapes}
        {active && map?.territories[active]?.path && <path class="outline" d={map.territories[active].path} />}
      </svg>
      <figcaption class="readout">
        {row ? <Readout row={row} rows={rows} metric={metric} /> : <p class="hint">Point at a country, or tap it</p>}
      </figcaption>
    </figure>
  );
}

function codeOf({ target }: Event): string | null {
  return (target as Element).closest('[data-code]')?.getAttribute('data-code') ?? null;
}

function Shapes({ map, rows, shown, metric }: { map: WorldMap; rows: Row[]; shown: Row[]; metric: Metric }) {
  const codes = new Set(shown.map(({ code }) => code));
  const isFiltered = shown.length < rows.length;
  const drawn = rows.filter(({ code }) => map.territories[code] && code !== 'AQ');
  const known = new Set(rows.map(({ code }) => code));
  /** All of them before the first refresh. */
  const unknown = Object.entries(map.territories).flatMap(([code, { path }]) => (path && !known.has(code) ? path : []));
  return (
    <>
      <defs>
        <pattern id="no-figure" width="70" height="70" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path class="hatch" d="M0 0v70" />
        </pattern>
      </defs>
      {[...map.unclaimed, ...unknown].map((path) => (
        <path key={path} class="land" d={path} />
      ))}
      {drawn.map((row, index) => {
        const { path, isSmall, x, y } = map.territories[row.code] as WorldMap['territories'][string];
        const colour = colourClass(metric, colourOf(metric, row));
        const isFaded = isFiltered && !codes.has(row.code);
        return (
          <a
            key={row.code}
            href={`/country/${row.code}`}
            data-code={row.code}
            tabindex={index === 0 ? 0 : -1}
            aria-label={`${row.name}: ${metric.format(metric.value(row))}`}
            class={`${colour}${isFaded ? ' faded' : ''}`}
          >
            {path && <path d={path} />}
            {isSmall && <path class="dot" d={`M${x} ${y}h0`} />}
          </a>
        );
      })}
    </>
  );
}

function Readout({ row, rows, metric }: { row: Row; rows: Row[]; metric: Metric }) {
  const value = metric.value(row);
  const values = rows.flatMap((it) => metric.value(it) ?? []);
  const rank = values.filter((it) => value !== null && it > value).length + 1;
  return (
    <>
      <p class="name">
        <Flag code={row.code} /> {row.name}
      </p>
      <p class="value">{value === null ? 'No figure' : metric.format(value)}</p>
      {value !== null && (
        <p class="rank">
          {rank}
          {ordinal(rank)} of {values.length}
          {metric.days !== undefined && ` · ${row.currency?.code}`}
          {metric.year?.(row) && ` · ${metric.year(row)}`}
        </p>
      )}
    </>
  );
}

const ENDINGS: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

function ordinal(rank: number): string {
  return ENDINGS[ordinals.select(rank)] ?? '';
}
