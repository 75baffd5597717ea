import { SourceUnavailableError } from '../errors.js';

/** What stands at this path of an upstream's answer; undefined where there is nothing. Own properties only. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

/** The list at this path; empty where there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The names and values of the object at this path; none where there is no object. */
export function entriesAt(value: unknown, ...path: readonly (string | number)[]): [string, unknown][] {
  const found = at(value, ...path);
  return typeof found === 'object' && found !== null ? Object.entries(found) : [];
}

/** Whether it is a day of the calendar written as `YYYY-MM-DD`. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

const LONGEST_QUOTE = 200;

/** A JSON answer that is not what was asked for: what the upstream says about it, else what is wrong with it. */
export function unusable(source: string, body: unknown, complaint: string): SourceUnavailableError {
  const message = messageIn(body);
  if (message === null) return new SourceUnavailableError(source, complaint);
  const verb = isFarewell(message) ? 'has closed this API' : 'reports an error';
  return new SourceUnavailableError(source, `the source ${verb}: ${quoted(message)}`);
}

/** The upstream's own words in any of the shapes that the sources complain in. */
export function messageIn(body: unknown): string | null {
  const candidates = [
    at(body, 'errors', 0, 'message'),
    at(body, 'error-type'),
    at(body, 'error', 'message'),
    at(body, 'error'),
    at(body, 'message'),
    at(body, 0, 'message', 0, 'value'),
  ];
  return candidates.filter((candidate) => typeof candidate === 'string').find(Boolean) ?? null;
}

function isFarewell(message: string): boolean {
  return /deprecat|discontinu|no longer (available|supported)|shut ?down|retired/i.test(message);
}

/** Foreign text in quotation marks, fit to be shown. */
export function quoted(text: string): string {
  return `"${shown(text)}"`;
}

/** Any foreign value as it stands in the JSON: String() would run into values that name a method of their own. */
export function quotedValue(value: unknown): string {
  return quoted(typeof value === 'string' ? value : asJson(value));
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // Parsed from an answer, it can only be nested deeper than the stack.
    return 'a value nested too deep to be shown';
  }
}

/** Foreign text on one line, short, and without what could drive a terminal. */
export function shown(text: string): string {
  const characters = [...text.replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim()];
  const isLong = characters.length > LONGEST_QUOTE;
  return characters.slice(0, LONGEST_QUOTE).join('') + (isLong ? '...' : '');
}

/** The address with the query parameters that the adapter needs; those that it has already stay. */
export function withQuery(address: string, parameters: Record<string, string>): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return url.href;
}

/** The address without user, password and query, where mirrors and proxies take their keys. */
export function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return '';
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}
