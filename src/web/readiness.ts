import { signal } from '@preact/signals';
import type { ReadinessReport } from '../client.ts';
import { service } from './service.ts';

const LOOK_EVERY_MS = 10_000;

/** What the service itself says it lacks; undefined until it was asked. */
export const readiness = signal<ReadinessReport | undefined>();
/** Whether the service did not answer the last look. */
export const isAway = signal(false);

/** Asks the service now and then whether it is ready, while the page is seen. */
export function watchReadiness(): void {
  void look();
  setInterval(() => {
    if (document.visibilityState === 'visible') void look();
  }, LOOK_EVERY_MS);
}

async function look(): Promise<void> {
  try {
    readiness.value = await service.ready();
    isAway.value = false;
  } catch {
    isAway.value = true;
  }
}
