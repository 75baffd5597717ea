/** Loaded into a server that a test has started: tells, when asked, what is left in memory after the garbage is gone. */
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
