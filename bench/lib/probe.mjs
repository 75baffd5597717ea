// Loaded into every process that is measured, whatever it runs.
process.on('message', (message) => {
  if (message !== 'usage') return;
  const { user, system } = process.cpuUsage();
  const usage = {
    cpuMs: (user + system) / 1000,
    rssMb: process.memoryUsage.rss() / 1e6,
    peakRssMb: process.resourceUsage().maxRSS / 1e3,
  };
  process.send({ usage });
});
process.channel?.unref();
