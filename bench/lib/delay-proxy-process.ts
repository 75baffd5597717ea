import { startDelayProxy } from './delay-proxy.js';

// A delay proxy in a process of its own, so that its work is nobody else's.
const [serverPort, roundTripMs] = process.argv.slice(2).map(Number);
const { port } = await startDelayProxy(serverPort ?? 0, roundTripMs ?? 0);
process.send?.({ port });
