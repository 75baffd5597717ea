import { isDay, toDay } from '../days.js';
import { SourceUnavailableError } from '../errors.js';

/** The value at a path in untrusted JSON; undefined if there is none. Own properties only. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

/** The list at a path; empty if there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The entries of the object at a path; empty if there is none. */
export function entriesAt(value: unknown, ...path: readonly (string | number)[]): [string, unknown][] {
  const found = at(value, ...path);
  return typeof found === 'object' && found !== null ? Object.entries(found) : [];
}

/** The day of an HTTP date, `YYYY-MM-DD`; null if it is not one of the calendar. */
export function dayOf(httpDate: string | null): string | null {
  const time = Date.parse(httpDate ?? '');
  const day = Number.isNaN(time) ? null : toDay(time);
  return isDay(day) ? day : null;
}

/** The error for JSON that is not what was asked for: the upstream's own message if it has one, else the complaint. */
export function unusable(source: string, body: unknown, complaint: string): SourceUnavailableError {
  const message = messageIn(body);
  if (message === null) return new SourceUnavailableError(source, complaint);
  const isClosed = /deprecat|discontinu|no longer (available|supported)|shut ?down|retired/i.test(message);
  const verb = isClosed ? 'has closed this API' : 'reports an error';
  return new SourceUnavailableError(source, `the source ${verb}: ${quoted(message)}`);
}

/** The upstream's error message, in any of the shapes that the sources use. */
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

/** Untrusted text in quotation marks, safe to show. */
export function quoted(text: string): string {
  return `"${shown(text)}"`;
}

/** Any untrusted value as JSON. Not by String(), which would call a `toString` in the value. */
export function quotedValue(value: unknown): string {
  return quoted(typeof value === 'string' ? value : asJson(value));
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // Parsed from JSON, it can only be nested deeper than the stack.
    return 'a value nested too deep to be shown';
  }
}

const LONGEST_QUOTE = 200;

/** Untrusted text on one line, shortened, and without control characters. */
export function shown(text: string): string {
  const characters = [...text.replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim()];
  const isLong = characters.length > LONGEST_QUOTE;
  return characters.slice(0, LONGEST_QUOTE).join('') + (isLong ? '...' : '');
}

/** Adds the query parameters that are missing. */
export function withQuery(address: string, parameters: Record<string, string>): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return url.href;
}

/** The URL without user, password and query, in which mirrors and proxies expect their keys. */
export function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return '';
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

/** The text without what may be secret in the URL: its path and query as a whole, and the parts that look like keys. */
export function withoutSecretsOf(address: string, text: string): string {
  const { pathname, search, searchParams } = new URL(address);
  const parts = [...pathname.split('/').filter(looksLikeKey), ...searchParams.values()].filter(
    (part) => part.length >= 4,
  );
  const whole = [pathname + search, pathname, search].filter((part) => part.length > 1);
  const secrets = [...whole, ...parts].flatMap((part) => [part, decoded(part)]);
  return secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}

/** Words such as `rates` and `v2` stay, so that messages can be read. */
function looksLikeKey(segment: string): boolean {
  return segment.length >= 16 || /\d/.test(segment);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
