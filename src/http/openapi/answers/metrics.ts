import { z } from 'zod';
import type { JsonMetrics } from '../../train/sweepAnswer.ts';
import { answerOf } from './same.ts';
import { numberOrNull } from './shared.ts';

/** scikit-learn's metrics, and the client's own. */
export const metrics = answerOf<JsonMetrics>()(
  z
    .object({
      accuracy_score: numberOrNull,
      precision_score: numberOrNull,
      recall_score: numberOrNull,
      f1_score: numberOrNull,
      log_loss: numberOrNull,
      roc_auc: numberOrNull,
      score: numberOrNull,
    })
    .catchall(numberOrNull)
    .describe(
      "Metrics at full precision by scikit-learn's names, and your own; an undefined metric is null.",
    ),
);
