/**
 * Hostile clients, in a process of their own: ATTACK URL. They attack from the message `attack` to the message `rest`,
 * and then send `{ answers }`: how many requests were answered, and how.
 */
import { createConnection, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const [name = '', address = ''] = process.argv.slice(2);
const url = new URL(address);
const answers: Record<string, number> = {};
let isResting = true;

process.on('message', async (message) => {
  isResting = message !== 'attack';
  if (isResting) return;
  await ATTACKS[name]?.();
  process.send?.({ answers });
});
process.channel?.ref();
process.send?.({ ready: true });

const ATTACKS: Record<string, () => Promise<unknown>> = {
  /** Ten clients with four connections each, alongside a hundred connections that send a byte now and then. */
  'costly queries': async () => {
    const slow = times(100, slowConnection);
    await Promise.all(times(40, (client) => repeat((count) => costlyQuery(count, `203.0.113.${client % 10}`))));
    for (const socket of slow) socket.destroy();
  },
  /** Each from a new client, so that no limit per client stops them. */
  'small distinct requests': () => Promise.all(times(40, () => repeat(smallRequest))),
  'pipelines that are reset': () => Promise.all(times(200, () => repeat(resetPipeline))),
};

async function repeat(attack: (count: number) => Promise<unknown>): Promise<void> {
  for (let count = 0; !isResting; count += 1) await attack(count);
}

function times<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

function slowConnection(): Socket {
  const socket = connect();
  socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\n');
  const timer = setInterval(() => socket.write('x: y\r\n'), 500);
  return socket.on('close', () => clearInterval(timer));
}

function connect(): Socket {
  return createConnection(Number(url.port), url.hostname)
    .on('error', () => undefined)
    .resume();
}

const PIPELINE = 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1_000);

/** A thousand requests in one write; the connection is reset before they are answered. */
async function resetPipeline(): Promise<void> {
  const socket = connect();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(PIPELINE);
  await delay(1);
  socket.resetAndDestroy();
  await closed;
  tally('pipelines: reset');
}

function tally(outcome: string): void {
  answers[outcome] = (answers[outcome] ?? 0) + 1;
}

/** A name that was never sent before. */
function unique(): string {
  return `q${Math.random().toString(36).slice(2)}`;
}

async function ask(kind: string, client: string, query: string, variables: unknown = {}): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': client, 'x-trace': unique() };
  const request = { method: 'POST', headers, body: JSON.stringify({ query, variables }) };
  const text = await fetch(url, request).then(
    (response) => response.text(),
    () => '',
  );
  const outcome = text.startsWith('{"data"') ? 'answered' : (/"code":"(\w+)"/.exec(text)?.[1] ?? 'lost');
  tally(`${kind}: ${outcome}`);
}

async function smallRequest(): Promise<void> {
  const part = () => Math.floor(Math.random() * 256);
  await ask('small', `10.${part()}.${part()}.${part()}`, `query ${unique()} { country(code: "CI") { name } }`);
}

async function costlyQuery(count: number, client: string): Promise<void> {
  const [kind, selection, variables] = COSTLY[count % COSTLY.length] as (typeof COSTLY)[number];
  await ask(kind, client, `query ${unique()} ${selection}`, variables);
}

const COSTLY: [kind: string, selection: string, variables?: unknown][] = [
  [
    'costly',
    '{ countries { nodes { code name currencies { code name symbol countries { code name currencies { code } } } } } }',
  ],
  ['deep', `{ country(code: "CH") ${'{ currencies { countries '.repeat(20)} { code } ${'} }'.repeat(20)} }`],
  ['aliases', `{ ${times(50, (i) => `a${i}: countries(first: 20) { nodes { name } }`).join(' ')} }`],
  ['duplicates', `{ ${'country(code: "CI") { code } '.repeat(200)} }`],
  ['tokens', `{ ${'status { version } '.repeat(5_000)} }`],
  [
    'introspection',
    `{ ${times(10, (i) => `s${i}: __schema { types { name fields { name type { name } } } }`).join(' ')} }`,
  ],
  [
    'variables',
    '($f: CountryFilter) { countries(filter: $f) { totalCount } }',
    { f: { codes: Array(9_000).fill('CI') } },
  ],
  ['unknown fields', `{ ${times(600, (i) => `unknown${i}`).join(' ')} }`],
];
