import { signal } from '@preact/signals';
import { service } from '../service.ts';

/** The chosen files. A reload forgets them, because a page cannot open a file again by itself. */
export const trainFile = signal<File | undefined>();
export const testFile = signal<File | undefined>();

/** Takes the service's own sample as the file. */
export async function takeSample(): Promise<void> {
  trainFile.value = new File([await service.sample()], 'diabetes.csv', { type: 'text/csv' });
}
