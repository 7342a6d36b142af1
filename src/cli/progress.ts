import { Presets, SingleBar } from 'cli-progress';
import { hasEnded, type JobAnswer } from '../client.ts';
import type { Output } from './io.ts';
import { writeLines } from './text.ts';

/** Shows how far a job is. */
export interface Progress {
  show(job: JobAnswer): void;
  /** Shows a sentence above the bar. */
  say(line: string): void;
  /** Removes the bar. */
  end(): void;
}

/** A bar on a terminal. Anything else gets a line for each change of the stage. */
export function progressOn(output: Output): Progress {
  return output.isTTY ? barOn(output) : linesOn(output);
}

function linesOn(output: Output): Progress {
  let last = '';
  return {
    show: (job) => {
      const stage = stageOf(job);
      if (stage === last) return;
      last = stage;
      writeLines(output, stage);
    },
    say: (line) => writeLines(output, line),
    end: () => undefined,
  };
}

function barOn(output: Output): Progress {
  let bar: SingleBar | undefined;
  const end = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    show: (job) => {
      if (bar === undefined) {
        const format = '{bar} {percentage} %  {stage}';
        bar = new SingleBar(
          { stream: output, format, hideCursor: true, clearOnComplete: true, noTTYOutput: true },
          Presets.shades_classic,
        );
        bar.start(100, 0, { stage: '' });
      }
      bar.update(Math.floor(job.progress.share * 100), { stage: `${stageOf(job)}${stepsOf(job)}` });
    },
    say: (line) => {
      end();
      writeLines(output, line);
    },
    end,
  };
}

function stageOf(job: JobAnswer): string {
  const { state, place, progress } = job;
  if (state === 'queued') return place === null ? state : `queued: place ${place}`;
  return progress.stage === state || hasEnded(job) ? state : `${state}: ${progress.stage}`;
}

/** Fits are steps that people count; bytes are not. */
function stepsOf({ state, progress: { done, total } }: JobAnswer): string {
  return state === 'fitting' && total > 1 ? ` (${done} of ${total})` : '';
}
