import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Cron } from 'croner';
import type { AdminToken } from './access.js';
import { ConfigError } from './errors.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty value counts as not set: `.env` and compose files often have them. */
export function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim() || undefined;
  if (value === undefined || !isMisquoted(value)) return value;
  throw new ConfigError(
    `${name} has a quote at its beginning or end, or a line break: write it without quotes (its value is not shown)`,
  );
}

/** Docker keeps quotes as part of a value; an unclosed one swallows the lines below it. */
function isMisquoted(value: string): boolean {
  return /[\r\n]|^["'`\u2018-\u201f]|["'`\u2018-\u201f]$/.test(value);
}

/** Editors of Windows begin UTF-8 with a byte order mark, which would become part of the first name. */
export function readEnvFile(file: string): Environment {
  const bytes = readBytes(file);
  // UTF-16 of plain English is valid UTF-8 with a zero in every second place.
  if (!isUtf8(bytes) || bytes.includes(0)) throw new ConfigError(`${file} is not UTF-8 text: save it as UTF-8`);
  return parseEnv(bytes.toString('utf8').replace(/^\ufeff/gm, ''));
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ConfigError(`${file} cannot be read: ${(cause as Error).message}`);
  }
}

/** Like text, but never repeated in an error message. */
export function secret(env: Environment, name: string): string | undefined {
  const value = text(env, name);
  if (value === undefined || !/\s/.test(value)) return value;
  throw new ConfigError(`${name} contains white space (its value is not shown)`);
}

/** `TOKEN`, or `NAME:TOKEN` for each holder, comma-separated. */
export function adminTokens(env: Environment, name: string): readonly AdminToken[] {
  const entries = secret(env, name)?.split(',') ?? [];
  const tokens = entries.map((entry) => {
    const [, holder = 'admin', token] = /^(?:([^:]*):)?([^:]*)$/.exec(entry) ?? [];
    if (token && /^[\w.@-]{1,64}$/.test(holder)) return Object.freeze({ name: holder, token });
    throw new ConfigError(`${name} must be TOKEN, or NAME:TOKEN,NAME:TOKEN (its value is not shown)`);
  });
  return Object.freeze(tokens);
}

export function integer(env: Environment, name: string, fallback: number, min: number, max: number): number {
  const value = text(env, name);
  if (value === undefined) return fallback;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) throw invalid(name, value, `a whole number from ${min} to ${max}`);
  return number;
}

export function oneOf<const T extends string>(
  env: Environment,
  name: string,
  allowed: readonly T[],
  fallback: NoInfer<T>,
): T {
  const value = text(env, name) ?? fallback;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw invalid(name, value, `one of ${allowed.join(', ')}`);
  return found;
}

/** One or more of them, comma-separated, without duplicates. */
export function someOf<const T extends string>(
  env: Environment,
  name: string,
  allowed: readonly T[],
  fallback: NoInfer<T>,
): readonly T[] {
  const names = list(env, name);
  const found = names.flatMap((value) => allowed.find((candidate) => candidate === value) ?? []);
  if (found.length < names.length || new Set(found).size < found.length) {
    const options = allowed.join(', ');
    throw invalid(name, names.join(','), `one or more of ${options}, comma-separated and without duplicates`);
  }
  return Object.freeze(found.length > 0 ? found : [fallback]);
}

/** One for each source that another setting lists, in its order; an empty one means the source's own URL. */
export function urls(env: Environment, name: string): readonly (string | undefined)[] {
  const values = text(env, name)?.split(',') ?? [];
  return Object.freeze(values.map((value) => url({ [name]: value }, name)));
}

export function url(env: Environment, name: string): string | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw invalid(name, withoutSecrets(value), 'a URL that begins with http:// or https://');
  }
  if (parsed.username || parsed.password) {
    throw invalid(name, withoutSecrets(value), 'a URL without user and password, which would not be sent');
  }
  return value;
}

/**
 * The address of a proxy from HTTP_PROXY or http_proxy; without a scheme it is http. Never repeated in an error message,
 * because it may contain a password.
 */
export function proxy(env: Environment, name: string): string | undefined {
  const value = text(env, name.toLowerCase()) ?? text(env, name);
  if (value === undefined) return undefined;
  const address = value.includes('://') ? value : `http://${value}`;
  try {
    const { protocol, username, password } = new URL(address);
    // Throws when they are not percent-encoded correctly.
    decodeURIComponent(username + password);
    if (protocol === 'http:' || protocol === 'https:') return address;
  } catch {}
  throw new ConfigError(`${name} must be a URL such as http://proxy.example:3128 (its value is not shown)`);
}

/** The scheme and the host: anywhere else in a URL there may be a key. */
function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return '***';
  const { protocol, host } = new URL(address);
  return `${protocol}//${host || '***'}`;
}

/** Comma-separated. */
export function list(env: Environment, name: string): readonly string[] {
  const items = text(env, name)?.split(',') ?? [];
  return Object.freeze(items.map((item) => item.trim()).filter((item) => item !== ''));
}

/** A cron expression of five fields, or of six with the seconds first. */
export function cron(env: Environment, name: string): string | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  const refuse = (why: string) => invalid(name, value, `a cron expression such as "15 6 * * *" (${why})`);
  // The library also takes dates, years and nicknames.
  if (![5, 6].includes(value.split(/\s+/).length)) throw refuse('it has five fields, or six with the seconds first');
  try {
    if (new Cron(value, { timezone: 'UTC', paused: true }).nextRun()) return value;
  } catch (cause) {
    throw refuse((cause as Error).message);
  }
  throw refuse('it matches no time in the future');
}

function invalid(name: string, value: string, allowed: string): ConfigError {
  return new ConfigError(`${name} is ${JSON.stringify(value)}; it must be ${allowed}`);
}
