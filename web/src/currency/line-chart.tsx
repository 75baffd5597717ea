import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, line } from 'd3-shape';
import { useEffect, useRef, useState } from 'preact/hooks';
import { day, month, rate } from '../format.ts';
import type { HistoryStep } from '../generated/graphql.ts';
import { type Period, periodName } from './period.ts';

const HEIGHT = 300;
/** The width of a day with its year, and the space to the next one. */
const TICK_WIDTH = 120;
/** Above and below the lines; beside them there is as much space as the labels take. */
const [TOP, BOTTOM] = [16, 28];
/** Of the labels, in rem. */
const TICK_SIZE = 0.8125;
/** Between a line and its label. */
const LABEL_GAP = 10;

interface Props {
  periods: Period[];
  /** What the line shows, such as "CHF for 1 USD". */
  label: string;
  step: HistoryStep;
}

/** A line of averages, in a band from the lowest to the highest. The pointer, or the arrow keys, read single values. */
export function LineChart({ periods, label, step }: Props) {
  const [width, setWidth] = useState(0);
  const [index, setIndex] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const times = periods.map(({ from }) => Date.parse(from));
  const x = scaleUtc().domain([times[0] ?? 0, times.at(-1) ?? 0]);
  const y = scaleLinear(
    [Math.min(...periods.map((it) => it.min)), Math.max(...periods.map((it) => it.max))],
    [HEIGHT - BOTTOM, TOP],
  ).nice(5);
  const rates = y.ticks(5).map((tick) => ({ tick, label: rate(tick) }));
  const days = spaced(x.ticks(width / TICK_WIDTH), width / TICK_WIDTH).map((tick) => ({
    tick,
    label: tickName(tick, x.domain()),
  }));
  // The labels of days are centred, also at the very ends.
  const half = widest(days) / 2;
  const [left, right] = [Math.max(widest(rates) + LABEL_GAP, half), width - half];
  x.range([left, right]);
  const at = (period: Period) => x(Date.parse(period.from));
  const point = index === null ? undefined : periods[index];

  const read = (event: PointerEvent) => {
    const time = x.invert(event.clientX - (box.current?.getBoundingClientRect().left ?? 0)).getTime();
    setIndex(times.reduce((best, it, i) => (Math.abs(it - time) < Math.abs((times[best] ?? 0) - time) ? i : best), 0));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = periods.length - 1;
    const now = index ?? last;
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (event.key === 'Escape') setIndex(null);
    if (to === undefined) return;
    event.preventDefault();
    setIndex(Math.max(0, Math.min(last, to)));
  };
  return (
    <figure class="chart">
      <figcaption>
        <span class="label">{label}</span>
        <span class="reading" role="status">
          {point && `${periodName(point, step)}: ${rate(point.average)}`}
        </span>
      </figcaption>
      {/* A slider is what assistive technology knows for "a value along an axis, moved by the arrow keys". */}
      <div
        ref={box}
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label={`${label}, over time`}
        aria-valuemin={0}
        aria-valuemax={periods.length - 1}
        aria-valuenow={index ?? periods.length - 1}
        aria-valuetext={textOf(point ?? (periods.at(-1) as Period), step)}
        onPointerMove={read}
        onPointerDown={read}
        onPointerLeave={() => setIndex(null)}
        onKeyDown={onKeyDown}
        onBlur={() => setIndex(null)}
      >
        {width > 0 && (
          <svg width={width} height={HEIGHT} aria-hidden="true">
            {rates.map(({ tick, label }) => (
              <g key={tick}>
                <path class="grid" d={`M${left} ${y(tick)}H${right}`} />
                <text class="tick" x={left - LABEL_GAP} y={y(tick)} dy="0.32em" text-anchor="end">
                  {label}
                </text>
              </g>
            ))}
            {days.map(({ tick, label }) => (
              <text key={tick.getTime()} class="tick" x={x(tick)} y={HEIGHT - 6} text-anchor="middle">
                {label}
              </text>
            ))}
            {stretches(periods, step).map((stretch) => (
              <g key={stretch[0]?.from}>
                <path
                  class="band"
                  d={
                    area<Period>(
                      at,
                      (it) => y(it.min),
                      (it) => y(it.max),
                    )(stretch) ?? ''
                  }
                />
                <path class="line" d={line<Period>(at, (it) => y(it.average))(stretch) ?? ''} />
              </g>
            ))}
            {point && (
              <>
                <path class="cursor" d={`M${at(point)} ${TOP}V${HEIGHT - BOTTOM}`} />
                <circle class="point" cx={at(point)} cy={y(point.average)} r="4" />
              </>
            )}
          </svg>
        )}
      </div>
    </figure>
  );
}

const pen = document.createElement('canvas').getContext('2d');

/**
 * The width of the widest label, as .tick draws it: with digits of equal width, which a canvas cannot set. They are up to
 * a twentieth wider than a zero, which is the widest of the others.
 */
function widest(ticks: { label: string }[]): number {
  if (!pen) return 0;
  const { fontFamily, fontSize } = getComputedStyle(document.body);
  pen.font = `${TICK_SIZE * Number.parseFloat(fontSize)}px ${fontFamily}`;
  return 1.05 * Math.max(0, ...ticks.map(({ label }) => pen.measureText(label.replace(/\d/g, '0')).width));
}

/** d3 takes the number of ticks as a hint. */
function spaced(ticks: Date[], most: number): Date[] {
  const every = Math.ceil(ticks.length / most);
  return ticks.filter((_, index) => index % every === 0);
}

const MS_PER_DAY = 86_400_000;

/** Days: weekends and holidays are not gaps. */
const LONGEST_GAP: Record<HistoryStep, number> = { DAY: 8, WEEK: 15, MONTH: 45, QUARTER: 120, YEAR: 400 };

/** The line breaks where nothing was observed. */
function stretches(periods: Period[], step: HistoryStep): Period[][] {
  const found: Period[][] = [];
  for (const period of periods) {
    const last = found.at(-1)?.at(-1);
    const gap = last ? Date.parse(period.from) - Date.parse(last.from) : Number.POSITIVE_INFINITY;
    if (gap > LONGEST_GAP[step] * MS_PER_DAY) found.push([period]);
    else found.at(-1)?.push(period);
  }
  return found;
}

function textOf(period: Period, step: HistoryStep): string {
  return `${periodName(period, step)}: ${rate(period.average)}`;
}

const MS_PER_MONTH = 30 * MS_PER_DAY;

/** Years, months or days, depending on how much time is shown. */
function tickName(tick: Date, [first, last]: Date[]): string {
  const date = tick.toISOString().slice(0, 10);
  const shown = (last?.getTime() ?? 0) - (first?.getTime() ?? 0);
  if (shown > 40 * MS_PER_MONTH) return date.slice(0, 4);
  return shown > 3 * MS_PER_MONTH ? month(date) : day(date);
}
