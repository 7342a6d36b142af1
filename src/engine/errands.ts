import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { type ProfileJob, type ProfileShare, takePart } from '../data/profile.ts';
import type { ClassificationMetrics } from '../ml/codedMetrics.ts';
import { type MeasureJob, measure } from './blocks/measure.ts';
import { serveTeam, type TeamMessage } from './blocks/team.ts';

/** Work on plain values that a helper does beside the leader, and answers with a message. */
type Errand =
  | { readonly kind: 'profile'; readonly job: ProfileJob }
  | { readonly kind: 'measure'; readonly job: MeasureJob };

/** What a leader writes to a helper's port. */
type HelperMessage = TeamMessage | Errand;

/**
 * Lets this thread do what a leader asks for through the port, until it is closed: by the leader, or because that has
 * ended without a word, and then the team's memory must be let go all the same.
 */
export function attend(port: MessagePort): void {
  let team: string | undefined;
  port.on('message', (message: HelperMessage) => {
    if (message.kind === 'join') team = message.team;
    serve(port, message);
  });
  port.on('close', () => {
    if (team !== undefined) serveTeam({ kind: 'leave', team });
  });
}

function serve(port: MessagePort, message: HelperMessage): void {
  if (message.kind === 'profile') port.postMessage(takePart(message.job));
  else if (message.kind === 'measure') port.postMessage(measure(message.job));
  else serveTeam(message);
}

/** The helpers of one training, as its leader sees them. */
export class Errands {
  readonly #ports: readonly MessagePort[];

  constructor(ports: readonly MessagePort[] = []) {
    this.#ports = ports;
  }

  /** Lets every helper take its part of the columns. The leader takes its own, and then waits for the others. */
  profile(job: ProfileJob): Promise<ProfileShare[]> {
    return Promise.all(this.#ports.map((port) => ask<ProfileShare>(port, { kind: 'profile', job })));
  }

  /** Lets the first helper measure, while the leader does something else; without one it is done at once. */
  async measure(job: MeasureJob): Promise<ClassificationMetrics> {
    const [port] = this.#ports;
    return port === undefined ? measure(job) : await ask(port, { kind: 'measure', job });
  }
}

/** @throws Error where the helper ends before it answers */
async function ask<Answer>(port: MessagePort, errand: Errand): Promise<Answer> {
  const gone = new AbortController();
  const lost = once(port, 'close', { signal: gone.signal }).then(() => {
    throw new Error('A thread that helped has ended.');
  });
  try {
    port.postMessage(errand);
    const [answer] = (await Promise.race([once(port, 'message', { signal: gone.signal }), lost])) as [Answer];
    return answer;
  } finally {
    lost.catch(() => undefined);
    gone.abort();
  }
}
