import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { silentServer } from '../../test/support/silentServer.ts';
import { isAccepted, postTraining } from '../../test/support/trainer.ts';
import { trainForm } from '../../test/support/trainForm.ts';
import { Victim } from '../../test/support/victim.ts';
import { Random } from '../random.ts';
import { atRest } from './atRest.ts';
import { DIABETES } from './callers.ts';
import { closed, connectTo, type Framing, rawUpload, writeInPieces } from './rawUpload.ts';
import type { Row, Stage } from './row.ts';

export interface CutUploadsOptions extends Stage {
  readonly uploads: number;
}

/** Fewer than the uploads that the service takes at once, so that no upload is refused before it is cut off. */
const AT_ONCE = 6;
const TRAININGS_BEFORE = 24;
const TRAININGS_AFTER = 24;
/** The large file is 60 times the small file, 1.4 MB, so that it is being written and read when it is cut off. */
const LARGE_TIMES = 60;
const PIECES_MAX = 6;
const SAY_EVERY = 250;

/** Cuts uploads off at a random byte, in the three ways in which a connection can end. Then counts what they leave. */
export async function cutUploads(options: CutUploadsOptions): Promise<Row> {
  const { dir, seed, uploads } = options;
  await using mlflow = await silentServer();
  await using victim = await Victim.start({
    dir,
    env: {
      MLFLOW_TRACKING_URI: mlflow.url,
      MLFLOW_WAIT_MS: '0',
      LOG_LEVEL: 'silent',
    },
  });
  const workedBefore = await train(victim.url, TRAININGS_BEFORE);
  const before = await atRest(victim);
  await cut(victim.url, options);
  const workedAfter = await train(victim.url, TRAININGS_AFTER);
  const after = await atRest(victim, before);
  const files = readdirSync(victim.tempDir).length;
  const descriptors = after.descriptors - before.descriptors;
  const threads = after.threads - before.threads;
  const works = workedBefore === TRAININGS_BEFORE && workedAfter === TRAININGS_AFTER;
  return {
    what: 'uploads cut at random bytes',
    figure: `${uploads} uploads: ${files} files, ${descriptors} descriptors, ${threads} threads left; ${workedAfter} of ${TRAININGS_AFTER} trainings accepted after them`,
    bar: '0 files, 0 descriptors, no worker lost',
    passed: files === 0 && descriptors <= 0 && threads === 0 && works && victim.deaths === 0,
    details: [
      `Seed ${seed}. Half of the uploads had a length, and half came in chunks. They ended with FIN, with RST, or with RST after a pause.`,
      ...(victim.deaths > 0 ? [`The service ended by itself: ${victim.lastWords()}`] : []),
    ],
  };
}

/**
 * Posts trainings, and returns how many were accepted. As many run at once as uploads that are cut off, so that the service
 * opens everything that it keeps open.
 */
async function train(url: string, count: number): Promise<number> {
  const form = trainForm({ tol: '1.0', iterations: '100', exp_name: 'Cut' }, DIABETES);
  const dispatcher = new Agent();
  let left = count;
  let accepted = 0;
  const work = async () => {
    while (left-- > 0) if (isAccepted(await postTraining(url, form, { dispatcher }))) accepted += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await dispatcher.close();
  return accepted;
}

async function cut(url: string, { uploads, seed, say }: CutUploadsOptions): Promise<void> {
  const random = new Random(seed);
  const draw = () => random.uniform();
  const fields = { tol: '1.0', iterations: '100', exp_name: 'Cut' };
  const rows = DIABETES.subarray(DIABETES.indexOf('\n') + 1);
  const large = Buffer.concat([DIABETES, ...Array<Buffer>(LARGE_TIMES - 1).fill(rows)]);
  const framings: readonly Framing[] = ['length', 'chunked'];
  const whole = framings.flatMap((framing) =>
    [DIABETES, large].map((csv) => rawUpload(url, trainForm(fields, csv), framing).bytes),
  );
  let made = 0;
  const work = async () => {
    while (made < uploads) {
      const bytes = whole[made % whole.length]!;
      made += 1;
      if (made % SAY_EVERY === 0) say(`cutUploads: ${made} of ${uploads}`);
      await cutOne(url, bytes.subarray(0, Math.floor(draw() * bytes.length)), draw);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function cutOne(url: string, bytes: Buffer, random: () => number): Promise<void> {
  const socket = connectTo(url);
  await writeInPieces(socket, bytes, 1 + Math.floor(random() * PIECES_MAX), random);
  const way = random();
  if (way < 1 / 3) socket.end();
  else if (way < 2 / 3) socket.resetAndDestroy();
  else await sleep(20 * random()).then(() => socket.resetAndDestroy());
  await closed(socket);
}
