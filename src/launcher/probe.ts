/** An MLflow on this machine answers both requests in a few milliseconds; two seconds allow for load. */
const PROBE_TIMEOUT_MS = 2_000;
/** MLflow answers `/health` with "OK" and `/version` with a version. A longer answer is not MLflow's. */
const ANSWER_BYTES_MAX = 256;

/** Version of the MLflow server at a URL; undefined if no server answers, or another one. */
export async function mlflowVersionAt(
  url: string,
  timeoutMs = PROBE_TIMEOUT_MS,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  if ((await shortAnswer(`${url}/health`, signal)) !== 'OK') return undefined;
  const version = await shortAnswer(`${url}/version`, signal);
  return version !== undefined && /^\d+\.\d+\.\d+\S*$/.test(version) ? version : undefined;
}

/** Text of a short response with status 200; undefined for any other response. */
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
