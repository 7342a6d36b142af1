import { computed, effect, signal } from '@preact/signals';
import type { DryRunAnswer } from '../../client.ts';
import { fieldsOf, firstName } from '../form/fields.ts';
import { type Fault, faultOf, faultOfProblem, service, wasAborted } from '../service.ts';
import { values } from '../state/store.ts';
import { testFile, trainFile } from './files.ts';
import { headOf } from './head.ts';

/** A file up to this size is sent again whenever a field changes. A larger file is sent up to its first lines only. */
const LIVE_BYTES_MAX = 4_000_000;
/** A person who types pauses longer than this. */
const PAUSE_MS = 350;

interface Check {
  readonly isRunning: boolean;
  /** The latest answer about the whole file. */
  readonly answer?: DryRunAnswer;
  /** Why the service did not take the form, if it did not. */
  readonly fault?: Fault;
  /** Whether fields have changed since the whole file was checked. */
  readonly isStale: boolean;
}

const NOTHING: Check = { isRunning: false, isStale: false };

/** What a dry run says about the chosen file and the fields as they are. */
export const check = signal<Check>(NOTHING);

/** The error of the dry run, or the error that a training would end with. */
export const foundFault = computed<Fault | undefined>(() => {
  const { answer, fault, isStale } = check.value;
  if (fault !== undefined) return fault;
  return answer?.problem && !isStale ? faultOfProblem(answer.problem) : undefined;
});

/** The error of a field by the field's first name. */
export function faultFor(name: string, ...others: readonly (Fault | undefined)[]): Fault | undefined {
  return [foundFault.value, ...others].find((fault) => firstName(fault?.field) === name);
}

/** The file and the fields of a check. A new object means that one of them has changed. */
const wanted = computed(() => {
  const file = trainFile.value;
  return file && { file, test: testFile.value, fields: fieldsOf(values().form) };
});
/** The fields as a text: the screen and the job do not change it. */
export const fieldsText = computed(() => JSON.stringify(fieldsOf(values().form)));

let running = new AbortController();

/** Checks the file whenever the file or a field changes. */
export function followFile(): void {
  let last: File | undefined;
  let lastTest: File | undefined;
  effect(() => {
    const [file, test] = [trainFile.value, testFile.value];
    void fieldsText.value;
    const isNew = file !== last || test !== lastTest;
    if (file !== last) check.value = NOTHING;
    [last, lastTest] = [file, test];
    running.abort();
    if (file === undefined) return;
    const isWhole = isNew || file.size + (test?.size ?? 0) <= LIVE_BYTES_MAX;
    const pause = setTimeout(() => void look(isWhole), isNew ? 0 : PAUSE_MS);
    running = new AbortController();
    running.signal.addEventListener('abort', () => clearTimeout(pause));
  });
}

/** Sends the whole file, or its first lines to have the fields checked. */
export async function look(isWhole = true): Promise<void> {
  const now = wanted.peek();
  if (now === undefined) return;
  const { signal } = running;
  check.value = { ...check.peek(), isRunning: true };
  try {
    const file = isWhole ? now.file : await headOf(now.file);
    const test = now.test && (isWhole ? now.test : await headOf(now.test));
    const answer = await service.dryRun(file, now.fields, { signal, ...(test && { testFile: test }) });
    if (signal.aborted) return;
    check.value = isWhole
      ? { isRunning: false, answer, isStale: false }
      : { ...withoutFault(check.peek()), isRunning: false, isStale: true };
  } catch (error) {
    if (wasAborted(error) || signal.aborted) return;
    const fault = faultOf(error);
    // The first lines say nothing about the file, but everything about what a field may be.
    const counts = isWhole || fault.field !== undefined;
    check.value = {
      ...withoutFault(check.peek()),
      isRunning: false,
      isStale: !isWhole,
      ...(counts && { fault }),
    };
  }
}

function withoutFault({ fault: _, ...rest }: Check): Check {
  return rest;
}
