import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';

export interface Uploaded<Answer> {
  readonly answer: Answer;
  /** Time from before the request's first byte to the whole answer. */
  readonly wholeMs: number;
  /** Time from the moment that the system has taken the request's last byte. It may still be in a socket's buffer then. */
  readonly afterSendingMs: number;
}

const BOUNDARY = 'trainpost-bench';
const FIELDS = { tol: '1.0', iterations: '100', exp_name: 'Large' };
const TAIL = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

/** The last file that was read. It is kept, so that the time to read it is not measured. */
let held: { path: string; bytes: Buffer } | undefined;

/** The form up to the file's bytes. */
function headOf(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(
    [
      ...Object.entries(fields).map(
        ([name, value]) =>
          `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      ),
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="train_file"; filename="large.csv"\r\nContent-Type: text/csv\r\n\r\n`,
    ].join(''),
  );
}

/** Posts a file to `POST /train` as a browser would, with the original's three fields and some others. */
export async function upload<Answer>(
  url: string,
  path: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Uploaded<Answer>> {
  const head = headOf({ ...FIELDS, ...fields });
  if (held?.path !== path) held = { path, bytes: readFileSync(path) };
  const { bytes } = held;
  const startedAt = performance.now();
  let sentAt = Number.NaN;
  const sending = request(`${url}/train`, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': head.length + bytes.length + TAIL.length,
    },
  });
  const responded = once(sending, 'response');
  sending.write(head);
  sending.write(bytes);
  sending.end(TAIL, () => (sentAt = performance.now()));
  const [response] = await responded;
  const answer = (await json(response)) as Answer;
  const endedAt = performance.now();
  if (response.statusCode !== 200) throw new Error(`${url} with ${path}: ${JSON.stringify(answer)}`);
  return { answer, wholeMs: endedAt - startedAt, afterSendingMs: endedAt - sentAt };
}
