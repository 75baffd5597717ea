import { isOurs } from '../part.js';

interface Bar {
  label: string;
  value: number;
  /** Written at its end. */
  text: string;
}

const WIDTH = 760;
const ROW = 24;
const LABELS = 290;
const VALUES = 110;

/** Horizontal bars as SVG, on a logarithmic scale. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const scaled = (value: number) => Math.log10(Math.max(1, value * 10));
  const most = Math.max(...bars.map(({ value }) => scaled(value)));
  const height = 56 + bars.length * ROW;
  const rows = bars.map(({ label, value, text }, at) => {
    const y = 44 + at * ROW;
    const width = Math.max(2, (scaled(value) / most) * (WIDTH - LABELS - VALUES));
    const [weight, colour] = isOurs(label) ? [700, '#0f766e'] : [400, '#94a3b8'];
    return `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end" font-weight="${weight}">${escaped(label)}</text>
<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="16" rx="3" fill="${colour}"/>
<text x="${(LABELS + width + 6).toFixed(1)}" y="${y + 12}">${escaped(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" font-family="system-ui, sans-serif" font-size="13" fill="#334155">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="12" y="24" font-size="15" font-weight="700">${escaped(title)}</text>
${rows.join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
