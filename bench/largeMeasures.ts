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

/** Medians are of so many rounds; in each the contestants play one after the other. */
export const ROUNDS = 5;
/** What the sweep tries: from a strong penalty to hardly any. */
const SWEEP_CS = Array.from({ length: 20 }, (_, index) => 10 ** (-3 + (6 * index) / 19));

/** Both in turns, paired by their place. */
interface Paired<Original, Theirs = Original> {
  readonly original: readonly Original[];
  readonly ours: readonly Theirs[];
}

export interface Trainings extends Paired<OriginalTraining, Uploading> {
  readonly shape: Shape;
  /** Largest difference of a coefficient in any round. */
  readonly difference: number;
  /** The original as a service, where it was asked for: its whole time at the client. */
  readonly service: readonly number[];
}

export interface Contestants {
  readonly original: JsonLines;
  readonly ours: Ours;
}

/** The original's computation on a file on disk against an upload to trainpost; `withService`, against one to the original too. */
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
    // Round 0 warms up: code gets compiled, memory is taken from the system, the file is in its cache.
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

/** The original's fit on the training rows in another order: the same for every measure of a file, so it is asked for once. */
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
  /** Of trainpost's last process after as many requests as there are rounds. */
  readonly afterMany: number;
}

/** Peak megabytes of a process that has started and trained once; a fresh one each time. */
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

/** Reading alone, by path on both sides, the same columns. */
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
  /** Least and most iterations of a fit. */
  readonly iterations: readonly [number, number];
}

/** Twenty fits with different C on training rows in memory, scaled. */
export async function measureSweep({ original, ours }: Contestants, shape: Shape): Promise<Sweeps> {
  const path = dataFile(shape);
  const { fits: reordered } = await original.ask<Sweeping>('reordered', { path, Cs: SWEEP_CS });
  await original.ask('load', { path });
  await ours.lines.ask('load', { path });
  const ms = { original: [] as number[], ours: [] as number[] };
  let difference = 0;
  let iterations: number[] = [];
  // No warm-up: twenty fits are one.
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

/** trainpost alone at one size, checked once against the original. */
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
