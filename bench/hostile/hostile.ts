import { execFileSync } from 'node:child_process';
import { cpus, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import {
  bundled,
  type Measurable,
  message,
  query,
  type Server,
  startMeasurable,
  startProduct,
  withFolder,
} from '../lib/process.js';
import { type Measured, quantile, summarise } from '../lib/statistics.js';
import { atMost, type Cell, type Floor, type Part } from '../part.js';

/** Each on a server of its own. */
const ATTACKS = ['costly queries', 'small distinct requests', 'pipelines that are reset'];
const SEGMENTS = 6;
const QUIET_SECONDS = 3;
const EVERY_MS = 33;
/** Shorter attacks only show whether the honest client is served: caches are still filling. */
const TELLING_MINUTES = 5;

interface Hostile {
  placed: string;
  minutes: number;
  attacks: Attack[];
}

interface Attack {
  name: string;
  /** Of an honest client. */
  quiet: Latency;
  /** Of the segments of the attack. */
  hostile: Record<keyof Latency, Measured>;
  /** Memory in use after garbage collection, before the attack and after each segment. */
  heldMb: number[];
  /** Resident size at the end of each segment, garbage included. */
  residentMb: number[];
  answers: Record<string, number>;
  /** Why the server did not survive. */
  failure: string | null;
}

interface Latency {
  medianMs: number;
  p95Ms: number;
}

export const hostilePart: Part<Hostile> = {
  async measure({ plan: { hostileMinutes }, say }) {
    const found: Hostile = { placed: '', minutes: hostileMinutes, attacks: [] };
    for (const name of ATTACKS) {
      say(`  ${name}`);
      const { placed, ...attack } = await withFolder((folder) => underAttack(name, hostileMinutes, folder));
      found.placed = placed;
      found.attacks.push(attack);
    }
    return found;
  },
  sections: ({ placed, minutes, attacks }) => [
    {
      title: 'An honest client beside hostile ones',
      intro: `Each attack lasts ${minutes} minutes. Placed: ${placed}.`,
      heads: [
        '',
        'honest client, quiet: half within, ms',
        '95 % within',
        'under attack: half within, ms',
        '95 % within',
        'memory in use before, and after each part of it, MB',
        'resident size, garbage included, MB',
      ],
      rows: attacks.map(row),
    },
  ],
  floors: ({ minutes, attacks }) => (minutes < TELLING_MINUTES ? [] : attacks.map(levelsOff)),
};

async function underAttack(name: string, minutes: number, folder: string): Promise<Attack & { placed: string }> {
  const server = await startProduct({
    ...bundled(folder),
    REFRESH_ON_START: 'when-empty',
    LOG_LEVEL: 'error',
    TRUSTED_PROXIES: 'loopback',
    RATE_LIMIT: '600',
    COST_LIMIT: '300000',
    // Full within a minute: what grows after that is not bounded.
    ANSWER_CACHE_MB: '1',
  });
  const attackers = startMeasurable(new URL('attackers.ts', import.meta.url), [name, server.url]);
  await message(attackers.child, 'ready');
  const placed = placeApart(server.process.child.pid, attackers.child.pid);
  const seconds = minutes * 60;
  const quietSeconds = Math.min(QUIET_SECONDS, seconds);
  const segments = Math.ceil(Math.min(SEGMENTS, seconds));
  await stream(server, quietSeconds / 3);
  const quiet = await stream(server, quietSeconds);
  const hostile: Latency[] = [];
  const [heldMb, residentMb] = [[await server.process.heldMb()], [] as number[]];
  let answers = {};
  const attack = async () => {
    attackers.child.send('attack');
    hostile.push(await stream(server, seconds / segments));
    residentMb.push((await server.process.usage()).rssMb);
    answers = await rest(attackers);
    heldMb.push(await server.process.heldMb());
  };
  let failure: string | null = null;
  for (let segment = 0; segment < segments && failure === null; segment++)
    await attack().catch((error: Error) => {
      failure = error.message;
    });
  await attackers.stop();
  await server.process.stop();
  const of = (what: keyof Latency) => summarise(hostile.map((it) => it[what]));
  const latencies = { medianMs: of('medianMs'), p95Ms: of('p95Ms') };
  return { name, placed, quiet, hostile: latencies, heldMb, residentMb, answers, failure };
}

/** Waits until all requests are answered, including those that are held back. */
async function rest(attackers: Measurable): Promise<Record<string, number>> {
  const answers = message<Record<string, number>>(attackers.child, 'answers');
  attackers.child.send('rest');
  const all = await answers;
  await delay(300);
  return all;
}

/** An honest client, thirty times a second: half of its queries are new each time. */
async function stream({ url }: Server, seconds: number): Promise<Latency> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1_000;
  for (let sent = 0; performance.now() < end; sent += 1) {
    const name = sent % 2 === 0 ? 'same' : `new${Math.random().toString(36).slice(2)}`;
    // Another client now and then: one alone would exceed its limit per minute.
    const client = `198.51.100.${Math.floor(performance.now() / 15_000) % 250}`;
    const begun = performance.now();
    const body = { query: `query ${name} { countries(first: 20) { nodes { code name population } } }` };
    await query(url, body, { 'x-forwarded-for': client });
    times.push(performance.now() - begun);
    await delay(EVERY_MS);
  }
  return { medianMs: quantile(times, 0.5), p95Ms: quantile(times, 0.95) };
}

/**
 * The server gets a processor to itself. The attackers run on the others next to the honest client, at a lower
 * priority, so that the honest client waits for the server and not for the attackers.
 */
function placeApart(server: number | undefined, attackers: number | undefined): string {
  const others = cpus().length - 1;
  const pin = (pid: number | undefined, list: string) =>
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', list, String(pid)], { stdio: 'ignore' });
  if (attackers !== undefined) setPriority(attackers, 10);
  if (others < 1) return 'one processor for all';
  try {
    pin(server, '0');
    pin(process.pid, `1-${others}`);
    pin(attackers, `1-${others}`);
    return 'the server on a processor of its own';
  } catch {
    return 'processors as the system assigns them';
  }
}

/** In the last third of the attack the server holds no more memory than in the third before. */
function levelsOff({ name, heldMb, failure }: Attack): Floor {
  const third = SEGMENTS / 3;
  const mean = (values: number[]) => values.reduce((sum, mb) => sum + mb, 0) / values.length;
  const growth = mean(heldMb.slice(-third)) / mean(heldMb.slice(-2 * third, -third));
  const what = `memory under "${name}", the last third of the attack to the third before (levels off)`;
  return atMost(1.05, what, failure === null ? growth : Number.POSITIVE_INFINITY);
}

function row({ name, quiet, hostile, heldMb, residentMb, failure }: Attack): Cell[] {
  const list = (mb: number[]) => mb.map(Math.round).join(', ');
  const ended = failure === null ? '' : `; then: ${failure}`;
  const latencies = [quiet.medianMs, quiet.p95Ms, hostile.medianMs, hostile.p95Ms];
  return [name, ...latencies, list(heldMb), list(residentMb) + ended];
}
