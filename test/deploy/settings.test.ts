import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';

const [server, command, compose, example] = [
  'deploy/country-exchange.service',
  'deploy/country-exchange@.service',
  'compose.yaml',
  '.env.example',
].map((name) => readFileSync(name, 'utf8')) as [string, string, string, string];

describe('what is deployed', () => {
  it('refreshes automatically, at the time that .env.example shows', () => {
    const [, schedule = ''] = /^#REFRESH_SCHEDULE=(.+)$/m.exec(example) ?? [];
    expect(readConfig({ REFRESH_SCHEDULE: schedule }).refresh.schedule).toBe(schedule);
    expect(server).toContain(`Environment="REFRESH_SCHEDULE=${schedule}"\n`);
    expect(compose).toContain(`REFRESH_SCHEDULE: \${REFRESH_SCHEDULE:-${schedule}}\n`);
  });

  it('shares settings, user and data with the command line', () => {
    const shared = (unit: string) => unit.match(/^(Environment|EnvironmentFile|\w*User|\w+Directory)=.*$/gm);
    expect(shared(command)).toEqual(shared(server));
    // In systemd, the file overrides what is set before it.
    expect(shared(server)).toEqual(expect.arrayContaining(['EnvironmentFile=/etc/country-exchange.env']));
    expect(compose).toMatch(/^ {4}env_file: \.env$/m);
  });
});
