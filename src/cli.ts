#!/usr/bin/env node
import './production.js';

// Loaded afterwards: see index.ts.
const { exitWith } = await import('./errors.js');
const { program } = await import('./cli/program.js');
await program.parseAsync().catch(exitWith);
