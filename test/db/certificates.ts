import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A CA and a certificate of its own for `localhost`, as PEM files; undefined where there is no openssl. */
export async function createCertificates(
  folder: string,
): Promise<{ ca: string; cert: string; key: string } | undefined> {
  const file = (name: string) => join(folder, name);
  await writeFile(file('names'), 'subjectAltName=DNS:localhost\n');
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  try {
    await openssl(
      'req',
      '-x509',
      ...newKey,
      '-subj',
      '/CN=Test CA',
      '-keyout',
      file('ca-key.pem'),
      '-out',
      file('ca.pem'),
    );
    await openssl('req', ...newKey, '-subj', '/CN=localhost', '-keyout', file('key.pem'), '-out', file('request.pem'));
    await openssl(
      ...['x509', '-req', '-in', file('request.pem'), '-extfile', file('names'), '-out', file('cert.pem')],
      ...['-CA', file('ca.pem'), '-CAkey', file('ca-key.pem'), '-CAcreateserial'],
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  return { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
}

function openssl(...args: string[]): Promise<unknown> {
  return run('openssl', args);
}
