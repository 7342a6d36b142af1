/** A task on one block: whatever it needs to know as numbers, then the block's number, then room that is its own. */
type BlockTask = (...args: number[]) => void;

/** What src/kernels/assembly/passes.ts exports; the arguments are described there. */
export interface PassKernels {
  readonly partitionBlock: BlockTask;
  readonly statisticsOfBlock: BlockTask;
  readonly countTextsOfBlock: BlockTask;
  readonly classesOfNumbers: BlockTask;
  readonly classesOfTexts: BlockTask;
  readonly logLossOfBlock: BlockTask;
  readonly predictBlock: BlockTask;
  readonly classifyBlock: BlockTask;
  decodeRows(
    directory: number,
    nColumns: number,
    block: number,
    first: number,
    rows: number,
    notes: number,
    nNotes: number,
    to: number,
    stride: number,
  ): void;
}

/** The tasks by number, as threads hand them to each other. */
export const BLOCK_TASKS = [
  'partitionBlock',
  'statisticsOfBlock',
  'countTextsOfBlock',
  'classesOfNumbers',
  'classesOfTexts',
  'logLossOfBlock',
  'predictBlock',
  'classifyBlock',
] as const satisfies readonly (keyof PassKernels)[];

export type BlockTaskName = (typeof BLOCK_TASKS)[number];
