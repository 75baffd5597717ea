import { expect, it } from 'vitest';
import { ConnectionSlots } from '../../src/db/connection-slots.js';

const refused = new Error('Too many connections');

const slotsOf = (size: number, patienceMs: number) =>
  new ConnectionSlots(size, { isRefused: (error) => error === refused, patienceMs });

/** A server that takes this many connections and no more. */
function serverWith(limit: number) {
  let open = 0;
  let attempts = 0;
  return {
    attempts: () => attempts,
    connect: async () => {
      attempts += 1;
      await Promise.resolve();
      if (open === limit) throw refused;
      open += 1;
    },
    disconnect: () => {
      open -= 1;
    },
  };
}

it('a refused caller waits for a connection that exists, in its turn', async () => {
  const { attempts, connect, disconnect } = serverWith(2);
  const slots = slotsOf(10, 0);
  const order: number[] = [];
  const callers = Array.from({ length: 20 }, async (_, caller) => {
    await slots.take(connect);
    order.push(caller);
    await new Promise((resolve) => setTimeout(resolve, 5));
    disconnect();
    slots.release();
  });
  await Promise.all(callers);
  expect(order).toHaveLength(20);
  expect(order.slice(10)).toEqual(Array.from({ length: 10 }, (_, at) => at + 10));
  // The ten of the pool try once; after that no attempt is in vain.
  expect(attempts()).toBeLessThanOrEqual(20 + 8);
});

it('the limit grows again when the server takes more', async () => {
  const { connect, disconnect } = serverWith(1);
  const slots = slotsOf(2, 0);
  await slots.take(connect);
  const second = slots.take(connect);
  disconnect();
  // As far as the pool knows, the first is still in use: the second succeeds because it is tried again.
  await expect(second).resolves.toBeUndefined();
});

it('without a connection to wait for, a caller retries for a while', async () => {
  const { attempts, connect } = serverWith(0);
  const started = performance.now();
  await expect(slotsOf(10, 600).take(connect)).rejects.toBe(refused);
  expect(performance.now() - started).toBeGreaterThan(600);
  expect(attempts()).toBeGreaterThan(2);
});

it('other errors are thrown at once, and free the slot', async () => {
  const slots = slotsOf(1, 10_000);
  const lost = () => Promise.reject(new Error('lost'));
  await expect(slots.take(lost)).rejects.toThrow('lost');
  await expect(slots.take(async () => 'open')).resolves.toBe('open');
});

it('a waiting caller is told that the pool is closed', async () => {
  const slots = slotsOf(1, 10_000);
  await slots.take(async () => 'open');
  const waiting = slots.take(() => Promise.reject(new Error('Pool is closed.')));
  slots.close();
  await expect(waiting).rejects.toThrow('Pool is closed.');
});
