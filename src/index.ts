import './production.js';

// Loaded afterwards, so that the compile cache is enabled before.
const { serve } = await import('./serve.js');
await serve();
