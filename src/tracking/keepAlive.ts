import { Client } from 'undici';

/** The first request of a connection is never slow; of the next ones, one may be so by chance. */
const REQUESTS = 4;
/** A delayed acknowledgement waits for 40 ms at least (Linux; longer elsewhere); MLflow's version takes 1 to 5 ms. */
const SLOW_MS = 30;
/** One that takes longer is slow enough to know. */
const TIMEOUT_MS = 1_000;

/**
 * Whether requests after the first one on a kept-alive connection are answered without delay. With more than one worker
 * (its default) MLflow 3 sends the head of an answer and its body in two packets, and the second one waits for the
 * acknowledgement of the first, which the client's system delays: 44 ms a call. On a connection that ends with the
 * answer nothing waits, but making it costs the server 0.5 ms, which is a tenth of a call.
 */
export async function keepAliveIsFast(origin: string, path: string): Promise<boolean> {
  const client = new Client(origin);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const timesMs: number[] = [];
    for (let request = 0; request < REQUESTS; request++) {
      const startMs = performance.now();
      const { body } = await client.request({ method: 'GET', path, signal });
      await body.dump({ limit: 64 * 2 ** 10, signal });
      timesMs.push(performance.now() - startMs);
    }
    return Math.min(...timesMs.slice(1)) < SLOW_MS;
  } catch {
    // If something is wrong, the calls themselves will report it. A connection for each call is right with any server.
    return false;
  } finally {
    await client.destroy();
  }
}
