#!/usr/bin/env node
import './production.js';

// After that: see index.ts.
const { run } = await import('./cli/run.js');
await run(process.argv.slice(2));
