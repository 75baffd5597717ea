import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { connectDatabase } from '../../src/db/connect.js';
import { ConfigError } from '../../src/errors.js';

describe.each(['mysql', 'postgres'])('DATABASE_CA for %s is refused', (scheme) => {
  it('when the file is not there', async () => {
    const failure = await failureWith(scheme, '/no/such/file.pem');
    expect(failure).toBeInstanceOf(ConfigError);
    expect(failure.message).toMatch(
      'DATABASE_CA names /no/such/file.pem, which cannot be read: ENOENT: no such file or directory',
    );
  });

  it.each([
    'not a certificate',
    '',
    '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n',
    '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n',
  ])('when the file holds %j', async (content) => {
    const file = join(inject('testFolder'), randomUUID());
    await writeFile(file, content);
    const failure = await failureWith(scheme, file);
    expect(failure).toBeInstanceOf(ConfigError);
    expect(failure.message).toBe(
      `DATABASE_CA names ${file}, but that is not a PEM file with certificates: it must contain -----BEGIN CERTIFICATE-----`,
    );
  });
});

function failureWith(scheme: string, caFile: string): Promise<Error> {
  const url = `${scheme}://user:secret@localhost/db`;
  return connectDatabase({ url, caFile, poolSize: 1, maxOverflow: 0 }).then(
    () => new Error('It connected'),
    (error: Error) => error,
  );
}
