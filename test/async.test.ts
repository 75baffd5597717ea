import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { backoffMs, retryWhile, withDeadline } from '../src/async.js';

/** Something that ends only when it is told to. */
async function endless(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw signal.reason;
}

describe('a deadline', () => {
  it('ends what takes too long, even when garbage is collected meanwhile', async () => {
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

  it('ends with what it watches', async () => {
    let given: AbortSignal | undefined;
    await withDeadline(new AbortController().signal, 20, async (signal) => {
      given = signal;
    });
    await sleep(60);
    expect(given?.aborted).toBe(false);
  });
});

describe('a command that fails', () => {
  /** Fails as often as told, and counts its runs. */
  function failing(times: number) {
    const command = async () => {
      command.runs += 1;
      if (command.runs <= times) throw new Error(`failure ${command.runs}`);
      return command.runs;
    };
    command.runs = 0;
    return command;
  }

  it('is repeated until it succeeds, after the delays', async () => {
    const delays: number[] = [];
    const nextDelayMs = (_: unknown, retries: number) => delays.push(retries) && 1;
    await expect(retryWhile(failing(3), nextDelayMs)).resolves.toBe(4);
    expect(delays).toEqual([0, 1, 2]);
  });

  it('fails with its last error when there is no next delay', async () => {
    const command = failing(9);
    await expect(retryWhile(command, (_, retries) => (retries < 2 ? 0 : null))).rejects.toThrow('failure 3');
    expect(command.runs).toBe(3);
  });

  it('fails with its own error when the delay is aborted', async () => {
    const controller = new AbortController();
    const ended = retryWhile(failing(9), () => 60_000, controller.signal);
    setTimeout(() => controller.abort(), 20);
    await expect(ended).rejects.toThrow('failure 1');
  });

  it('is delayed by a random time that doubles', () => {
    for (let retries = 0; retries < 5; retries++) {
      const delays = Array.from({ length: 200 }, () => backoffMs(50, retries));
      expect(Math.max(...delays)).toBeLessThanOrEqual(50 * 2 ** retries);
      expect(Math.max(...delays)).toBeGreaterThan(25 * 2 ** retries);
    }
  });
});
