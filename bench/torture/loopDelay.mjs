/**
 * Loaded into the service by `--import`: measures the delay of its event loop. On SIGUSR2 it writes what it has measured
 * since the last one to `LOOP_DELAY_FILE`, as JSON, in milliseconds, and begins anew.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** The monitor's own interval, which is in all that it measures. */
const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

// Threads of the service load it too, and their loops are not the service's.
if (isMainThread) measure(process.env['LOOP_DELAY_FILE']);

function measure(path) {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  monitor.enable();
  const ms = (nanoseconds) => Math.max(0, nanoseconds / NS_PER_MS - RESOLUTION_MS);
  process.on('SIGUSR2', () => {
    const found = { p50: ms(monitor.percentile(50)), p99: ms(monitor.percentile(99)), max: ms(monitor.max) };
    monitor.reset();
    // A reader that waits for the file sees it whole.
    writeFileSync(`${path}.new`, JSON.stringify(found));
    renameSync(`${path}.new`, path);
  });
}
