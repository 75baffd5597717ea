import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { withDeadline } from '../../src/async.js';

/** Something that ends only when it is told to. */
async function endless(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw signal.reason;
}

describe('a deadline', () => {
  it('ends what takes too long, also when the garbage is collected meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const ended = withDeadline(new AbortController().signal, 300, endless);
    const collecting = setInterval(collect, 20);
    await expect(ended).rejects.toMatchObject({ name: 'TimeoutError' });
    clearInterval(collecting);
  });

  it('ends with its parent, for the reason of the parent', async () => {
    const parent = new AbortController();
    const ended = withDeadline(parent.signal, 60_000, endless);
    parent.abort(new Error('given up'));
    await expect(ended).rejects.toThrow('given up');
    await expect(withDeadline(parent.signal, 60_000, async (it) => it.aborted)).resolves.toBe(true);
  });

  it('is over with what it watches', async () => {
    let given: AbortSignal | undefined;
    await withDeadline(new AbortController().signal, 20, async (signal) => {
      given = signal;
    });
    await sleep(60);
    expect(given?.aborted).toBe(false);
  });
});
