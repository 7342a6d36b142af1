/** An MLflow on this machine answers these two in a few milliseconds; two seconds are for one under load. */
const PROBE_TIMEOUT_MS = 2_000;
/** `/health` says "OK", `/version` a version: whatever is longer is no MLflow. */
const ANSWER_BYTES_MAX = 256;

/** Whether an MLflow server answers at a URL, and its version; undefined for silence and for any other server. */
export async function mlflowVersionAt(
  url: string,
  timeoutMs = PROBE_TIMEOUT_MS,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  if ((await shortAnswer(`${url}/health`, signal)) !== 'OK') return undefined;
  const version = await shortAnswer(`${url}/version`, signal);
  return version !== undefined && /^\d+\.\d+\.\d+\S*$/.test(version) ? version : undefined;
}

/** Text of a short 200 answer; undefined for everything else. */
async function shortAnswer(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal });
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString('utf8');
      if (text.length > ANSWER_BYTES_MAX) return undefined;
    }
    return response.status === 200 ? text.trim() : undefined;
  } catch {
    return undefined;
  }
}
