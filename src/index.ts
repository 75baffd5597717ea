import './production.js';

// After that: what is loaded together with it would be compiled before what was compiled last time can be used.
const { serve } = await import('./serve.js');
await serve();
