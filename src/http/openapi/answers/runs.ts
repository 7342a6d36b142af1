import { z } from 'zod';
import type { ExperimentsAnswer, RunsAnswer } from '../../runs/runsAnswer.ts';
import { experiment } from './delivery.ts';
import { answerOf } from './same.ts';
import { numberOrNull, reference } from './shared.ts';

const orNull = z.string().nullable();
const time = z.string().meta({ format: 'date-time' }).nullable();
const texts = z.record(z.string(), z.string());
const nextPage = orNull.describe('The value of `page` for the next part; null behind the last one.');

export const experiments = answerOf<ExperimentsAnswer>()(
  z
    .object({
      experiments: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          url: z.string().describe('The page of MLflow with its runs.'),
          created_at: time,
          updated_at: time,
        }),
      ),
      next_page: nextPage,
    })
    .describe('A page of the experiments in MLflow.'),
);

const listedRun = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string().describe("MLflow's word, such as `FINISHED`."),
  url: z.string().describe('The page of MLflow.'),
  started_at: time,
  ended_at: time,
  user: orNull,
  parent_id: orNull.describe('The run that this run stands below.'),
  params: texts,
  metrics: z
    .record(z.string(), numberOrNull)
    .describe('The last value of each metric; an undefined metric is null.'),
  tags: texts.describe("The client's tags, and those of trainpost. MLflow's own tags are left out."),
  model_uri: orNull.describe('The address of the model that the run logged last.'),
  report: reference.nullable().describe('Where the report is; null if the run has no report.'),
});

export const runs = answerOf<RunsAnswer>()(
  z
    .object({ experiment, runs: z.array(listedRun), next_page: nextPage })
    .describe('A page of the runs of an experiment in MLflow.'),
);
