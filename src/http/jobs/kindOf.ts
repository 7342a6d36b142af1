import type { JobKind } from '../../jobs/job.ts';
import type { DeliveryView } from '../../values/delivery.ts';

/** Tells a training from an evaluation by the answer that is kept with it. A damaged record counts as a training. */
export function kindOf({ answer }: DeliveryView): JobKind {
  return typeof answer === 'object' && answer !== null && 'drift' in answer ? 'evaluate' : 'train';
}
