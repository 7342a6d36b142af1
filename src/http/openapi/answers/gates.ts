import { z } from 'zod';
import type { Difference, Intervals } from '../../../values/intervals.ts';
import type { ChampionAnswer, GateAnswer } from '../../train/gateAnswer.ts';
import { metrics } from './metrics.ts';
import { answerOf } from './same.ts';

export const intervals = answerOf<Intervals>()(
  z
    .record(z.string(), z.tuple([z.number(), z.number()]))
    .describe('95 % intervals of the test metrics, each as [low, high].'),
);

export const gate = answerOf<GateAnswer>()(
  z
    .object({
      state: z.enum(['passed', 'failed']),
      gates: z.array(
        z.object({
          expression: z.string(),
          state: z.enum(['passed', 'failed', 'warned']),
          values: z
            .record(z.string(), z.union([z.number(), z.boolean(), z.null()]))
            .describe('The values that the gate needs; an undefined value is null.'),
        }),
      ),
    })
    .describe('What came of the gates.'),
);

const difference = answerOf<Difference>()(
  z.object({ difference: z.number(), low: z.number(), high: z.number(), p: z.number() }),
);

export const champion = answerOf<ChampionAnswer>()(
  z
    .object({
      model: z.object({ uri: z.string(), name: z.string().nullable(), version: z.string().nullable() }),
      metrics: z.object({ test: metrics }),
      differences: z
        .record(z.string(), difference)
        .describe('This model minus the champion, with the 95 % interval and the p-value.'),
      verdicts: z
        .record(z.string(), z.enum(['better', 'no_difference', 'worse_within_noise', 'significantly_worse']))
        .describe('On this model.'),
    })
    .describe('The model behind the alias, on the test rows of this training.'),
);
