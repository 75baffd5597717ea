import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../database.js';

/** Each country remembers the edition of its source, and the sources of its population and of its GDP figure. */
export async function addSources(kysely: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await addColumns(kysely, 'countries', {
    observed_on: types.day,
    population_source: types.text(64),
    population_observed_on: types.day,
    gdp_source: types.text(64),
  });
  const { rows } = await sql<StoredReport>`
    select id, report from refreshes where state = 'SUCCEEDED' order by started_at desc limit 1`.execute(kysely);
  await fillFrom(kysely, rows[0] ? sourcesIn(rows[0]) : []);
  await hideAddresses(kysely);
}

interface StoredReport {
  id: string;
  report: string;
}

interface Use {
  provides: string;
  source: string;
  url: string;
  observedAt: string | null;
  bundled: boolean;
}

function sourcesIn({ report }: StoredReport): Use[] {
  return (JSON.parse(report) as { sources?: Use[] }).sources ?? [];
}

/** A server that cannot roll back `alter table` may have some of them after a crash. */
export async function addColumns(
  kysely: Kysely<unknown>,
  table: string,
  columns: Record<string, string>,
): Promise<void> {
  const tables = await kysely.introspection.getTables();
  const existing = tables.find(({ name }) => name === table)?.columns.map(({ name }) => name) ?? [];
  for (const [column, type] of Object.entries(columns)) {
    if (existing.includes(column)) continue;
    await sql`alter table ${sql.id(table)} add column ${sql.id(column)} ${sql.raw(type)}`.execute(kysely);
  }
}

/** What the rows do not say, the last report does. So far there was one source of GDP figures. */
async function fillFrom(kysely: Kysely<unknown>, uses: Use[]): Promise<void> {
  const countries = uses.find(({ provides }) => provides === 'COUNTRIES');
  const gdp = uses.find(({ provides }) => provides === 'GDP');
  await sql`
    update countries set population_source = source
    where population is not null and population_source is null`.execute(kysely);
  await sql`
    update countries set gdp_source = ${gdp ? storedSource(gdp) : 'world-bank'}
    where gdp_per_capita is not null and gdp_source is null`.execute(kysely);
  if (!countries?.observedAt) return;
  const { observedAt } = countries;
  await sql`
    update countries set population_observed_on = ${observedAt}
    where source = ${storedSource(countries)} and observed_on is null and population is not null`.execute(kysely);
  await sql`
    update countries set observed_on = ${observedAt}
    where source = ${storedSource(countries)} and observed_on is null`.execute(kysely);
}

function storedSource({ source, bundled }: Use): string {
  return bundled ? 'bundled' : source;
}

const PUBLIC_HOSTS = [
  ...['cdn.jsdelivr.net', 'latest.currency-api.pages.dev', 'open.er-api.com', 'api.frankfurter.dev'],
  ...['api.worldbank.org', 'restcountries.com', 'api.restcountries.com', 'github.com'],
];

/** An address of the operator's own may hold a key in its path: reports show its origin only. */
async function hideAddresses(kysely: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<StoredReport>`select id, report from refreshes`.execute(kysely);
  for (const row of rows) {
    const report = JSON.parse(row.report) as { sources?: Use[] };
    const hidden = (report.sources ?? []).filter(({ url }) => URL.canParse(url) && !isPublic(new URL(url)));
    if (hidden.length === 0) continue;
    for (const use of hidden) use.url = new URL(use.url).origin;
    await sql`update refreshes set report = ${JSON.stringify(report)} where id = ${row.id}`.execute(kysely);
  }
}

function isPublic({ host, href, origin }: URL): boolean {
  return PUBLIC_HOSTS.includes(host) || href === `${origin}/`;
}
