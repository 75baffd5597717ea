/** Loaded into a server that a test has started: reports on request what is left in memory after garbage collection. */
process.on('message', () => {
  // The first lets go of what the second can then free, such as buffers that finalizers held.
  globalThis.gc?.();
  setTimeout(() => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    process.send?.((heapUsed + external) / 1e6);
  }, 50);
});
process.channel?.unref();
