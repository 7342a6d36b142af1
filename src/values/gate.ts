import type { LoadedModel } from './loadedModel.ts';

/** What came of one gate. A condition that is undefined does not hold. */
export interface GateResult {
  /** As the client wrote it. */
  readonly expression: string;
  /** `warned`: the gate does not hold, and only warns. */
  readonly state: 'passed' | 'failed' | 'warned';
  /** The values that the gate needs, by name; null if a value is undefined. */
  readonly values: Readonly<Record<string, number | boolean | null>>;
}

/** What came of the gates of a training. */
export interface GateReport {
  /** `failed` if at least one gate failed. */
  readonly state: 'passed' | 'failed';
  readonly gates: readonly GateResult[];
  /** The model behind the alias, if a gate compares with it. */
  readonly champion?: LoadedModel;
}
