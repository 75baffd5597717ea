import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { getPriority } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { Starter } from '../../src/summary/starter.js';
import { processesWith } from '../processes.js';

const SHELL = '/bin/sh';
const hasChrt = spawnSync('chrt', ['-m']).status === 0;

describe('the starter of processes', () => {
  describe.each([
    ['through a shell', SHELL],
    ['where there is no shell', '/no/such/shell'],
  ])('%s', (_, shell) => {
    it('gives each its input and tells what it prints, one after the other', async () => {
      const starter = running('process.stdin.pipe(process.stdout)', { shell });
      const inputs = ["it's", '$HOME \\n `id`', 'ended 1 "'];
      const outputs = await Promise.all(inputs.map((input) => starter.run(input)));
      expect(outputs.map((output) => output.trimEnd())).toEqual(inputs);
    });

    it('fails when the process fails, and starts the next', async () => {
      const starter = running('process.stdin.on("data", (it) => process.exit(Number(it)))', { shell });
      await expect(starter.run('3')).rejects.toThrow(/code 3|Command failed/);
      expect(await starter.run('0')).toBe('');
    });

    it('kills a process that takes too long', async () => {
      const mark = randomUUID();
      const starter = running('setInterval(() => {}, 1_000)', { shell, timeoutMs: 300, mark });
      await expect(starter.run('')).rejects.toThrow();
      const left = await processesWith(mark);
      expect(left.filter((it) => it.includes(mark) && !it.includes(SHELL))).toEqual([]);
    });

    it('gives it the lowest priority', async () => {
      const starter = running('console.log(require("os").getPriority())', { shell });
      expect(Number(await starter.run(''))).toBe(Math.min(19, getPriority() + 19));
    });
  });

  it.runIf(hasChrt)('lets it run only while nobody else wants the processor', async () => {
    const starter = running('console.log(require("fs").readFileSync("/proc/self/stat", "latin1"))', {
      shell: SHELL,
    });
    // What follows the name in parentheses begins with the third field; the 41st is the policy, and 5 is SCHED_IDLE.
    const fields = (await starter.run('')).split(') ').at(-1)?.split(' ');
    expect(fields?.[41 - 3]).toBe('5');
  });

  it('leaves no process when it is closed, and begins again with the next', async () => {
    const mark = randomUUID();
    const starter = running('process.stdin.on("data", (it) => Number(it) || setInterval(() => {}, 1_000))', {
      shell: SHELL,
      mark,
    });
    const marked = async () => (await processesWith(mark)).filter((it) => it.includes(mark));
    await starter.run('1');
    const failure = starter.run('0').catch((error: Error) => error.message);
    // The shell and what it runs.
    await vi.waitFor(async () => expect(await marked()).toHaveLength(2));
    await starter.close();
    expect(await failure).toMatch(/code 137|has ended/);
    expect(await marked()).toEqual([]);
    await starter.run('1');
    await starter.close();
    await starter.close();
  });

  it('takes another shell when one has ended', async () => {
    const script = 'process.stdin.on("data", (it) => Number(it) && process.kill(process.ppid, Number(it)))';
    const starter = running(script, { shell: SHELL });
    await expect(starter.run('9')).rejects.toThrow('its shell has ended');
    await expect.poll(() => starter.run('0').catch((error: Error) => error.message)).toBe('');
  });

  it('leaves nothing behind when its own process is killed', async () => {
    const mark = randomUUID();
    const starterUrl = new URL('../../src/summary/starter.ts', import.meta.url).href;
    const script = `
      const { Starter } = await import('${starterUrl}');
      const starter = new Starter({ command: ['true'], env: process.env, timeoutMs: 10_000 });
      await starter.run('');
      process.kill(process.pid, 'SIGKILL');`;
    const command = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script];
    const outer = running('', { shell: SHELL, mark, command });
    await expect(outer.run('')).rejects.toThrow('code 137');
    await expect
      .poll(async () => (await processesWith(mark)).filter((it) => it.includes('sh true')))
      .toEqual([]);
  });
});

interface Running {
  shell: string;
  timeoutMs?: number;
  /** By which its processes are found. */
  mark?: string;
  command?: string[];
}

function running(script: string, { shell, timeoutMs = 10_000, mark = '', command }: Running): Starter {
  const env = { ...process.env, STARTER_TEST: mark };
  return new Starter({
    command: [process.execPath, ...(command ?? ['-e', script, mark])],
    env,
    timeoutMs,
    shell,
  });
}
