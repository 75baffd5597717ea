import { createRequire } from 'node:module';
import type * as Croner from 'croner';
import type { AdminToken } from './access.js';
import type { Environment } from './config.js';
import { ConfigError } from './errors.js';

/** An empty value counts as not set: `.env` files and compose files write it so. */
export function text(env: Environment, name: string): string | undefined;
export function text(env: Environment, name: string, fallback: string): string;
export function text(env: Environment, name: string, fallback?: string): string | undefined {
  const value = env[name]?.trim();
  return value ? value : fallback;
}

/** Like text, but never repeated in a message. */
export function secret(env: Environment, name: string): string | undefined {
  const value = text(env, name);
  if (value !== undefined && /\s/.test(value)) {
    throw new ConfigError(`${name} has white space in it; it must be one word (its value is not shown)`);
  }
  return value;
}

/** `TOKEN`, or `NAME:TOKEN` for each holder, comma-separated. */
export function adminTokens(env: Environment, name: string): readonly AdminToken[] {
  const entries = secret(env, name)?.split(',') ?? [];
  return Object.freeze(
    entries.map((entry) => {
      const [, holder = 'admin', token] = /^(?:([^:]*):)?([^:]*)$/.exec(entry) ?? [];
      if (token && /^[\w.@-]{1,64}$/.test(holder)) return Object.freeze({ name: holder, token });
      throw new ConfigError(`${name} must be TOKEN, or NAME:TOKEN,NAME:TOKEN (its value is not shown)`);
    }),
  );
}

export function integer(
  env: Environment,
  name: string,
  fallback: number,
  { min, max }: { min: number; max: number },
): number {
  const value = text(env, name);
  if (value === undefined) return fallback;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) throw bad(name, value, `a whole number from ${min} to ${max}`);
  return number;
}

/** Port 0 lets the system choose a free one. */
export function port(env: Environment, name: string, fallback: number): number {
  return integer(env, name, fallback, { min: 0, max: 65_535 });
}

export function oneOf<const T extends string>(
  env: Environment,
  name: string,
  allowed: readonly T[],
  fallback: NoInfer<T>,
): T {
  const value = text(env, name);
  if (value === undefined) return fallback;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw bad(name, value, `one of ${allowed.join(', ')}`);
  return found;
}

/** One or more of them, comma-separated, each once. */
export function someOf<const T extends string>(
  env: Environment,
  name: string,
  allowed: readonly T[],
  fallback: NoInfer<T>,
): readonly T[] {
  const names = list(env, name);
  const found = names.flatMap((value) => allowed.find((candidate) => candidate === value) ?? []);
  if (found.length < names.length || new Set(found).size < found.length) {
    throw bad(
      name,
      names.join(','),
      `one or more of ${allowed.join(', ')}, each once, with commas between them`,
    );
  }
  return found.length > 0 ? Object.freeze(found) : Object.freeze([fallback]);
}

/** One for each source that another setting lists, in its order; an empty place means the source's own address. */
export function urls(env: Environment, name: string): readonly (string | undefined)[] {
  const values = text(env, name)?.split(',') ?? [];
  return Object.freeze(values.map((value) => url({ [name]: value }, name)));
}

export function url(env: Environment, name: string): string | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw bad(name, withoutSecrets(value), 'an address that begins with http:// or https://');
  }
  if (parsed.username || parsed.password) {
    throw bad(name, withoutSecrets(value), 'an address without a user and a password, which are not sent');
  }
  return value;
}

/** Addresses may hold passwords and keys. */
function withoutSecrets(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//***@').replace(/\?.*/s, '?***');
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
  // Most have no schedule, and a refresh from the command line asks its sources the sooner.
  const { Cron } = createRequire(import.meta.url)('croner') as typeof Croner;
  try {
    new Cron(value, { timezone: 'UTC', paused: true });
    return value;
  } catch (cause) {
    throw bad(name, value, `a cron expression such as "15 6 * * *" (${(cause as Error).message})`);
  }
}

function bad(name: string, value: string, allowed: string): ConfigError {
  return new ConfigError(`${name} is ${JSON.stringify(value)}; it must be ${allowed}`);
}
