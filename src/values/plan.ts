import type { ImputerStrategy } from './pipelineState.ts';

/** What becomes of missing values: with the first two there are none left when a pipeline is fitted. */
export type Missing = 'error' | 'drop' | ImputerStrategy;
