import { missingPackages } from './galera.js';

export function setup(): void {
  const missing = missingPackages();
  if (missing.length === 0) return;
  console.error(`No cluster can be started here: install ${missing.join(' ')}`);
  process.exit(1);
}
