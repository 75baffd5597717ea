import type { CountryFilter, CountryOrder, FloatRange, TextFilter } from '../../src/countries/country.args.js';
import type { CountryRow } from '../../src/db/tables.js';

/** A country as it is stored, and what belongs to it. */
export interface Known {
  row: CountryRow;
  currencies: string[];
  /** As they are in bundled/reference.json. */
  facts: { languages: string[]; borders: string[]; landlocked: boolean; unMember: boolean } | undefined;
}

/**
 * An in-memory reference implementation of filters and orders, as plain as possible. It shares no code with the
 * services: names are folded by another rule, which gives the same result for the names of the tests.
 */
export function expectedCodes(all: readonly Known[], filter: CountryFilter, order: CountryOrder[]): string[] {
  return all
    .filter((known) => holds(filter, known))
    .sort((a, b) => compare(a.row, b.row, order))
    .map(({ row }) => row.code);
}

function fold(text: string): string {
  const plain = text.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  return plain.toLowerCase().replace(/[’]/g, "'").replaceAll('\0', ' ').split(/\s+/).filter(Boolean).join(' ');
}

function holds(filter: CountryFilter, known: Known): boolean {
  const { row, currencies, facts } = known;
  const tests: [unknown, () => boolean][] = [
    [filter.codes, () => has(filter.codes, row.code) || has(filter.codes, row.alpha3)],
    [filter.name, () => like(row.name, filter.name ?? {})],
    [filter.capital, () => likeAny(JSON.parse(row.capitals) as string[], filter.capital ?? {})],
    [filter.regions, () => has(filter.regions, row.region)],
    [
      filter.subregions,
      () =>
        has(
          filter.subregions?.map((it) => it.trim()),
          row.subregion,
        ),
    ],
    [filter.currencies, () => currencies.some((code) => has(filter.currencies, code))],
    [filter.population, () => within(row.population, filter.population ?? {})],
    [filter.estimatedGdp, () => within(row.estimated_gdp, filter.estimatedGdp ?? {})],
    [filter.gdpPerCapita, () => within(row.gdp_per_capita, filter.gdpPerCapita ?? {})],
    [filter.areaKm2, () => within(row.area_km2, filter.areaKm2 ?? {})],
    [filter.languages, () => facts?.languages.some((code) => has(filter.languages, code)) === true],
    [filter.borders, () => facts?.borders.some((code) => has(filter.borders, code)) === true],
    [filter.landlocked, () => facts?.landlocked === filter.landlocked],
    [filter.unMember, () => facts?.unMember === filter.unMember],
    [filter.hasRate, () => (row.exchange_rate !== null) === filter.hasRate],
    [filter.all, () => (filter.all ?? []).every((one) => holds(one, known))],
    [filter.any, () => (filter.any ?? []).some((one) => holds(one, known))],
    [filter.not, () => !holds(filter.not ?? {}, known)],
  ];
  return tests.every(([given, test]) => given === undefined || given === null || test());
}

function has(list: readonly string[] | null | undefined, value: string | null): boolean {
  return value !== null && (list ?? []).includes(value);
}

function within(value: number | null, { gte, lte }: FloatRange): boolean {
  if (value === null) return false;
  return value >= (gte ?? Number.NEGATIVE_INFINITY) && value <= (lte ?? Number.POSITIVE_INFINITY);
}

function like(text: string, wanted: TextFilter): boolean {
  const name = fold(text);
  if (typeof wanted.equals === 'string' && name !== fold(wanted.equals)) return false;
  if (typeof wanted.contains === 'string' && !name.includes(fold(wanted.contains))) return false;
  if (typeof wanted.startsWith === 'string' && !name.startsWith(fold(wanted.startsWith))) return false;
  if (typeof wanted.endsWith === 'string' && !name.endsWith(fold(wanted.endsWith))) return false;
  return !wanted.in || wanted.in.map(fold).includes(name);
}

/** Each condition must hold for one of the texts; none holds for no texts. */
function likeAny(texts: string[], wanted: TextFilter): boolean {
  const conditions = Object.entries(wanted).filter(([, value]) => value !== null && value !== undefined);
  if (texts.length === 0) return false;
  return conditions.every(([kind, value]) => texts.some((text) => like(text, { [kind]: value })));
}

function compare(a: CountryRow, b: CountryRow, order: CountryOrder[]): number {
  const steps = order.length === 0 ? [{ field: 'NAME', direction: 'ASC' }] : order;
  for (const { field, direction } of steps) {
    const [x, y] = [valueIn(a, field), valueIn(b, field)];
    if (x === y) continue;
    if (x === null || y === null) return x === null ? 1 : -1;
    return x < y === (direction === 'ASC') ? -1 : 1;
  }
  return a.code < b.code ? -1 : 1;
}

function valueIn(row: CountryRow, field: string): string | number | null {
  if (field === 'NAME') return fold(row.name);
  if (field === 'OFFICIAL_NAME') return row.official_name === null ? null : fold(row.official_name);
  const columns: Record<string, keyof CountryRow> = { NUMERIC: 'numeric_code', CURRENCY: 'currency_code' };
  return row[columns[field] ?? (field.toLowerCase() as keyof CountryRow)];
}
