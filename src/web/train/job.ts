import { computed, effect, signal } from '@preact/signals';
import { hasEnded, type JobAnswer } from '../../client.ts';
import { fieldsText } from '../data/check.ts';
import { testFile, trainFile } from '../data/files.ts';
import { fieldsOf } from '../form/fields.ts';
import { type Fault, faultOf, service, wasAborted } from '../service.ts';
import { state, values } from '../state/store.ts';

/** The wait before the page asks again for a job whose service does not answer. */
const AGAIN_MS = 3_000;

/** The job in the URL, as the service last described it. */
export const job = signal<JobAnswer | undefined>();
/** Why the job cannot be followed now. */
export const jobFault = signal<Fault | undefined>();
/** Why the last form was not taken. Another change of the form makes it obsolete. */
export const sendFault = signal<Fault | undefined>();
/** The request that hands the files in, while it runs. */
const sending = signal<AbortController | undefined>();

export const isSending = computed(() => sending.value !== undefined);
/** Whether a training is under way: its result is not known yet. */
export const isTraining = computed(() => {
  const now = job.value;
  return isSending.value || (now !== undefined && !hasEnded(now) && now.answer === undefined);
});

/** Hands the chosen file and the form in as a job, whose id goes into the URL. */
export async function startTraining(): Promise<void> {
  const file = trainFile.value;
  const test = testFile.value;
  if (file === undefined) return;
  const request = new AbortController();
  sending.value = request;
  sendFault.value = undefined;
  try {
    const fields = fieldsOf(values().form);
    const options = { signal: request.signal, ...(test && { testFile: test }) };
    const accepted = await service.submit(file, fields, options);
    job.value = accepted;
    state.job.value = accepted.id;
  } catch (error) {
    if (!wasAborted(error)) sendFault.value = faultOf(error);
  } finally {
    sending.value = undefined;
  }
}

/** Stops the training: its files on their way, or its job. */
export async function cancelTraining(): Promise<void> {
  sending.value?.abort();
  const id = state.job.value;
  if (id === '') return;
  try {
    job.value = await service.cancel(id);
  } catch (error) {
    jobFault.value = faultOf(error);
  }
}

/** Follows the job in the URL: the one that was just handed in, or that of a page that was loaded again. */
export function followJob(): void {
  effect(() => {
    const id = state.job.value;
    jobFault.value = undefined;
    if (job.peek()?.id !== id) job.value = undefined;
    if (id === '') return undefined;
    const end = new AbortController();
    void follow(id, end.signal);
    return () => end.abort();
  });
  effect(() => {
    void fieldsText.value;
    sendFault.value = undefined;
  });
}

async function follow(id: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const now of service.watch(id, { signal })) {
        if (signal.aborted) return;
        job.value = now;
        jobFault.value = undefined;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      const fault = faultOf(error);
      jobFault.value = fault;
      // A job that the service does not know will not come back.
      if (fault.status !== undefined && fault.status < 500) return;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
