import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Environment } from '../../src/env.js';
import { settings } from '../app.js';
import { program } from '../programs.js';
import { html, silence } from '../upstream/faults.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';

/** Gives a program a terminal; part of util-linux, and so on every Linux. */
const SCRIPT = '/usr/bin/script';

describe.runIf(process.platform === 'linux' && existsSync(SCRIPT))('a refresh on a terminal', () => {
  let upstream: Upstream;
  let env: Environment;
  beforeAll(async () => {
    upstream = await startUpstream();
    const folder = await mkdtemp(join(inject('testFolder'), 'terminal-'));
    const more = { CACHE_DIR: folder, LOG_LEVEL: 'info' };
    env = settings(upstream, `sqlite:${join(folder, 'x.db')}`, more);
    // The very first refresh would take the bundled data set instead of failing.
    await once(refreshOnTerminal().child, 'exit');
  });
  afterAll(() => upstream.close());

  it('leaves the terminal as it was when it is interrupted', async () => {
    upstream.answer('restcountries-v3', silence());
    const { child, shown } = refreshOnTerminal();
    await expect.poll(shown, { timeout: 15_000 }).toContain('fetch countries');
    const exited = once(child, 'exit');
    // Twice, as happens under npm, which passes it on.
    child.stdin.write(CTRL_C);
    await delay(50);
    child.stdin.write(CTRL_C);
    expect(await exited).toEqual([1, null]);
    expect(shown().lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(shown().lastIndexOf(HIDE_CURSOR));
    expect(shown().match(/The process that ran it was stopped/g)).toHaveLength(1);
  });

  it('says once why it failed', async () => {
    upstream.answer('restcountries-v3', html());
    const { child, shown } = refreshOnTerminal();
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(shown().match(/External data source unavailable/g)).toHaveLength(1);
  });

  function refreshOnTerminal() {
    const command = `exec ${process.execPath} ${fileURLToPath(program('cli'))} refresh`;
    const child = spawn(SCRIPT, ['-qec', command, '/dev/null'], {
      env: { PATH: process.env.PATH, TERM: 'xterm', ...env },
      timeout: 15_000,
    });
    // The process may be gone before all of it is written.
    child.stdin.on('error', () => undefined);
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
    });
    return { child, shown: () => shown };
  }
});

const CTRL_C = '\x03';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
