import { readFileSync } from 'node:fs';
import { PACKAGE_ROOT } from './package-root.js';

const manifest = new URL('package.json', PACKAGE_ROOT);

export const VERSION = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
