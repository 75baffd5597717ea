/**
 * The hostile load, in a process of its own: ten attackers, each with an address and four connections of its own, send
 * what costs a server most, as fast as it is answered, beside a hundred connections that send a byte now and then. It
 * does so from the message `attack` to the message `rest`.
 */
import { createConnection, type Socket } from 'node:net';
import { ask } from './ask.js';
import { attackOf } from './attacks.js';

const url = new URL(process.argv[2] ?? '');
const CONNECTIONS = 40;
const ADDRESSES = 10;
const SLOW_CONNECTIONS = 100;

const answers: Record<string, number> = {};
let isResting = true;

process.on('message', async (message) => {
  if (message !== 'attack') {
    isResting = true;
    return;
  }
  isResting = false;
  const slow = Array.from({ length: SLOW_CONNECTIONS }, dripping);
  await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, index) => attack(`203.0.113.${index % ADDRESSES}`)),
  );
  for (const socket of slow) socket.destroy();
  process.send?.({ answers });
});

async function attack(address: string): Promise<void> {
  for (let count = 0; !isResting; count += 1) {
    const { name, query, variables } = attackOf(count);
    const text = await ask(url.href, address, query, variables).catch(() => '');
    const outcome = text.startsWith('{"data"') ? 'answered' : (/"code":"(\w+)"/.exec(text)?.[1] ?? 'lost');
    answers[`${name}: ${outcome}`] = (answers[`${name}: ${outcome}`] ?? 0) + 1;
  }
}

function dripping(): Socket {
  const socket = createConnection(Number(url.port), url.hostname).on('error', () => undefined);
  socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\n');
  const timer = setInterval(() => socket.write('x: y\r\n'), 500);
  return socket.on('close', () => clearInterval(timer)).resume();
}
