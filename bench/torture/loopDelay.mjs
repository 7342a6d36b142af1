/**
 * Measures the delay of the service's event loop. `--import` loads this module into the service. On each SIGUSR2, it writes
 * the delays since the last SIGUSR2 to `LOOP_DELAY_FILE`, as JSON in milliseconds.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** The monitor's own interval. All its measurements include the interval. */
const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

// The threads of the service load this module too, but their event loops are not measured.
if (isMainThread) measure(process.env['LOOP_DELAY_FILE']);

function measure(path) {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  monitor.enable();
  const ms = (nanoseconds) => Math.max(0, nanoseconds / NS_PER_MS - RESOLUTION_MS);
  process.on('SIGUSR2', () => {
    const found = { p50: ms(monitor.percentile(50)), p99: ms(monitor.percentile(99)), max: ms(monitor.max) };
    monitor.reset();
    // With a rename, a reader that waits for the file sees the whole file.
    writeFileSync(`${path}.new`, JSON.stringify(found));
    renameSync(`${path}.new`, path);
  });
}
