import {
  type OriginalTraining,
  Ours,
  peakMegabytes,
  startOriginal,
  startOriginalService,
  type Uploading,
} from './contestants.ts';
import type { JsonLines } from './jsonLines.ts';
import { checkFit, checkParsing, checkTraining } from './largeChecks.ts';
import { dataFile, type Shape } from './largeData.ts';
import type { Fit, Parsing, Sweeping } from './training.ts';
import { type Uploaded, upload } from './uploadFile.ts';

/** Number of rounds of which the medians are taken. In each round, the contestants run one after the other. */
export const ROUNDS = 5;
/** The values of C that the sweep tries: from a strong penalty to hardly any penalty. */
const SWEEP_CS = Array.from({ length: 20 }, (_, index) => 10 ** (-3 + (6 * index) / 19));

/** Measurements of both contestants in turns. Equal indices belong together. */
interface Paired<Original, Theirs = Original> {
  readonly original: readonly Original[];
  readonly ours: readonly Theirs[];
}

export interface Trainings extends Paired<OriginalTraining, Uploading> {
  readonly shape: Shape;
  /** The largest difference of a coefficient in any round. */
  readonly difference: number;
  /** Milliseconds of whole requests to the original as a service, measured by the client. Empty if it was not measured. */
  readonly service: readonly number[];
}

export interface Contestants {
  readonly original: JsonLines;
  readonly ours: Ours;
}

/**
 * Compares the original's computation on a file on disk with an upload to trainpost. With `withService`, also uploads to
 * the original.
 */
export async function measureTrainings(
  { original, ours }: Contestants,
  shape: Shape,
  { withService = false }: { withService?: boolean } = {},
): Promise<Trainings> {
  const path = dataFile(shape);
  const what = nameOf(shape);
  await checkTestRows({ original, ours }, shape.rows);
  const reordered = await reorderedFit(original, shape);
  const service = withService ? await startOriginalService() : undefined;
  const all = { original: [] as OriginalTraining[], ours: [] as Uploading[], service: [] as number[] };
  let difference = 0;
  try {
    // Round 0 warms up: V8 compiles the code, the system gives memory, and the file gets into the system's cache.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const theirs = await original.ask<OriginalTraining>('train', { path });
      const uploading = await ours.train(path);
      difference = Math.max(difference, checkTraining(what, theirs, uploading, reordered));
      const posted: Uploaded<OriginalTraining> | undefined = service && (await upload(service.url, path));
      if (posted !== undefined)
        checkTraining(`${what}, the original's service`, theirs, posted.answer, reordered);
      if (round === 0) continue;
      all.original.push(theirs);
      all.ours.push(uploading);
      if (posted !== undefined) all.service.push(posted.wholeMs);
    }
  } finally {
    await service?.stop();
  }
  return { shape, difference, ...all };
}

const reorderedFits = new Map<string, Fit>();

/** The original's fit on the training rows in another order. It is computed once for each file. */
async function reorderedFit(original: JsonLines, shape: Shape): Promise<Fit> {
  const path = dataFile(shape);
  const known = reorderedFits.get(path);
  if (known !== undefined) return known;
  const { fits } = await original.ask<Sweeping>('reordered', { path, Cs: [1] });
  reorderedFits.set(path, fits[0]!);
  return fits[0]!;
}

async function checkTestRows({ original, ours }: Contestants, rows: number): Promise<void> {
  const theirs = await original.ask<{ digest: string }>('testRows', { rows });
  const own = await ours.lines.ask<{ digest: string }>('testRows', { rows });
  if (theirs.digest !== own.digest) throw new Error(`${rows} rows: the test rows are not the original's.`);
}

export interface Memory extends Paired<number> {
  /** The peak of trainpost's last process after `ROUNDS` requests. */
  readonly afterMany: number;
}

/** Measures the peak memory in MB of a process that has started and trained once. Each round has a fresh process. */
export async function measureMemory({ original: judge }: Contestants, shape: Shape): Promise<Memory> {
  const path = dataFile(shape);
  const peaks = { original: [] as number[], ours: [] as number[] };
  let afterMany = Number.NaN;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const original = await startOriginal();
    const theirs = await original.ask<OriginalTraining>('train', { path });
    peaks.original.push(peakMegabytes(original.pid));
    await original.stop();
    const ours = await Ours.start();
    const uploading = await ours.train(path);
    peaks.ours.push(peakMegabytes(ours.lines.pid));
    if (round === ROUNDS) {
      for (let request = 1; request < ROUNDS; request += 1) await ours.train(path);
      afterMany = peakMegabytes(ours.lines.pid);
    }
    await ours.lines.stop();
    checkTraining(`${nameOf(shape)}, fresh`, theirs, uploading, await reorderedFit(judge, shape));
  }
  return { ...peaks, afterMany };
}

/** Compares reading alone. Both sides read the same columns from a path. */
export async function measureParsing({ original, ours }: Contestants, shape: Shape): Promise<Paired<number>> {
  const path = dataFile(shape);
  const ms = { original: [] as number[], ours: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const theirs = await original.ask<Parsing>('parse', { path });
    const own = await ours.lines.ask<Parsing>('parse', { path });
    checkParsing(nameOf(shape), theirs, own);
    if (round === 0) continue;
    ms.original.push(theirs.ms);
    ms.ours.push(own.ms);
  }
  await ours.lines.ask('forget');
  return ms;
}

export interface Sweeps extends Paired<number> {
  readonly difference: number;
  /** The least and the most iterations of a fit. */
  readonly iterations: readonly [number, number];
}

/** Compares twenty fits with different C on scaled training rows in memory. */
export async function measureSweep({ original, ours }: Contestants, shape: Shape): Promise<Sweeps> {
  const path = dataFile(shape);
  const { fits: reordered } = await original.ask<Sweeping>('reordered', { path, Cs: SWEEP_CS });
  await original.ask('load', { path });
  await ours.lines.ask('load', { path });
  const ms = { original: [] as number[], ours: [] as number[] };
  let difference = 0;
  let iterations: number[] = [];
  // There is no warm-up round, because twenty fits are warm-up enough.
  for (let round = 0; round < ROUNDS; round += 1) {
    const theirs = await original.ask<Sweeping>('sweep', { Cs: SWEEP_CS });
    const own = await ours.lines.ask<Sweeping>('sweep', { Cs: SWEEP_CS });
    for (const [index, C] of SWEEP_CS.entries()) {
      const what = `${nameOf(shape)}, C = ${C}`;
      const off = checkFit(what, theirs.fits[index]!, own.fits[index]!, reordered[index]!);
      difference = Math.max(difference, off);
    }
    iterations = theirs.fits.map(({ nIter }) => nIter);
    ms.original.push(theirs.ms);
    ms.ours.push(own.ms);
  }
  await original.ask('forget');
  await ours.lines.ask('forget');
  return { ...ms, difference, iterations: [Math.min(...iterations), Math.max(...iterations)] };
}

export interface Curve {
  readonly shape: Shape;
  readonly ours: readonly Uploading[];
  readonly difference: number;
}

/** Measures trainpost alone at one size. The results are compared with one training of the original. */
export async function measureCurve({ original, ours }: Contestants, shape: Shape): Promise<Curve> {
  const path = dataFile(shape);
  await checkTestRows({ original, ours }, shape.rows);
  const theirs = await original.ask<OriginalTraining>('train', { path });
  const reordered = await reorderedFit(original, shape);
  const uploadings: Uploading[] = [];
  let difference = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const uploading = await ours.train(path);
    difference = Math.max(difference, checkTraining(nameOf(shape), theirs, uploading, reordered));
    if (round > 0) uploadings.push(uploading);
  }
  return { shape, ours: uploadings, difference };
}

export function nameOf({ kind, rows }: Shape): string {
  return `${rows.toLocaleString('en')} rows, ${kind}`;
}
