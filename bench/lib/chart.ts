export interface Bar {
  label: string;
  value: number;
  /** What stands at its end. */
  text: string;
  isOurs?: boolean;
}

const WIDTH = 760;
const ROW = 24;
const LABELS = 290;
const VALUES = 110;
const OURS = '#0f766e';
const OTHERS = '#94a3b8';

/** Horizontal bars; with `log` each decade is as wide as the next. */
export function barChart(title: string, bars: readonly Bar[], log = false): string {
  const scale = (value: number) => (log ? Math.log10(Math.max(1, value * 10)) : value);
  const most = Math.max(...bars.map(({ value }) => scale(value)));
  const rows = bars.map(({ label, value, text, isOurs }, at) => {
    const y = 44 + at * ROW;
    const width = Math.max(2, (scale(value) / most) * (WIDTH - LABELS - VALUES));
    return `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end"${isOurs ? ' font-weight="700"' : ''}>${escaped(label)}</text>
<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="16" rx="3" fill="${isOurs ? OURS : OTHERS}"/>
<text x="${(LABELS + width + 6).toFixed(1)}" y="${y + 12}">${escaped(text)}</text>`;
  });
  return svg(title, 56 + bars.length * ROW, rows.join('\n'));
}

export interface Line {
  label: string;
  points: readonly (readonly [x: number, y: number])[];
}

/** Both axes logarithmic: what grows with the rows is a straight line. */
export function lineChart(title: string, lines: readonly Line[], xName: string, yName: string): string {
  const all = lines.flatMap(({ points }) => points);
  const [x, y] = [
    axis(
      all.map(([value]) => value),
      70,
      560,
    ),
    axis(
      all.map(([, value]) => value),
      290,
      50,
    ),
  ];
  const paths = lines.map(({ label, points }, at) => {
    const colour = ['#0f766e', '#c2410c', '#4338ca', '#94a3b8'][at % 4];
    const path = points.map(([px, py]) => `${x.place(px)},${y.place(py)}`).join(' ');
    const [lastX, lastY] = points.at(-1) ?? [1, 1];
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>
<text x="${Number(x.place(lastX)) + 8}" y="${y.place(lastY)}" fill="${colour}">${escaped(label)}</text>`;
  });
  const ticks = [
    ...x.ticks.map(
      (value) => `<text x="${x.place(value)}" y="310" text-anchor="middle">${short(value)}</text>`,
    ),
    ...y.ticks.map((value) => `<text x="62" y="${y.place(value)}" text-anchor="end">${short(value)}</text>`),
    `<text x="315" y="330" text-anchor="middle">${escaped(xName)}</text>`,
    `<text x="20" y="36">${escaped(yName)}</text>`,
  ];
  return svg(title, 340, [...ticks, ...paths].join('\n'));
}

function axis(values: readonly number[], from: number, to: number) {
  const [low, high] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))];
  const place = (value: number) =>
    (from + ((Math.log10(value) - low) / Math.max(0.001, high - low)) * (to - from)).toFixed(1);
  const ticks: number[] = [];
  for (let power = Math.ceil(low); power <= Math.floor(high); power++) ticks.push(10 ** power);
  return { place, ticks };
}

function short(value: number): string {
  return value >= 1_000_000 ? `${value / 1_000_000}M` : value >= 1_000 ? `${value / 1_000}k` : String(value);
}

function svg(title: string, height: number, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" font-family="system-ui, sans-serif" font-size="13" fill="#334155">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="12" y="24" font-size="15" font-weight="700">${escaped(title)}</text>
${content}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
