import { describe, expect, test } from 'vitest';
import { MlflowClient } from '../../src/tracking/client.ts';
import { datasetInput, withoutStatistics, withSchemaOf } from '../../src/tracking/dataset.ts';
import { logBatch, logInputs } from '../../src/tracking/decorations.ts';
import { countingServer, type Handler } from './countingServer.ts';
import { sampleRun } from './sample.ts';

const TOO_LONG = {
  error_code: 'BAD_REQUEST',
  message: '(psycopg2.errors.StringDataRightTruncation) value too long for type character varying(500)',
};
const EXCEEDED = {
  error_code: 'INVALID_PARAMETER_VALUE',
  message: "Param value 'x' had length 6000, which exceeded length limit of 500",
};
const INVALID = { error_code: 'INVALID_PARAMETER_VALUE', message: 'Invalid value for run_id' };

/** Refuses bodies that are longer. */
const taking =
  (charsMax: number, refusal: object): Handler =>
  (response, { body }) => {
    if (body.length > charsMax) response.writeHead(400).end(JSON.stringify(refusal));
    else response.end('{}');
  };

async function sentTo(handler: Handler, act: (client: MlflowClient) => Promise<unknown>) {
  await using http = await countingServer(handler);
  const client = new MlflowClient({ trackingUri: http.url, timeoutMs: 300_000 });
  const error = await act(client).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await client.close();
  // biome-ignore lint/suspicious/noExplicitAny: the tests read what they expect.
  return { error, bodies: http.seen.map(({ body }) => JSON.parse(body) as any) };
}

const wide = () => {
  const { dataset, parts, fileName } = sampleRun();
  const columns = Array.from({ length: 3_000 }, (_, index) => ({
    name: `column_${index}`,
    type: 'long' as const,
  }));
  return datasetInput(fileName, { ...dataset, columns }, parts[0]!);
};
const input = () => [{ dataset: wide(), context: 'train' }];

describe('the schema of a data set', () => {
  test.each([65_535, 4_000, 100, 10])('is cut to whole columns within %d characters', (charsMax) => {
    const { schema } = withSchemaOf(wide(), charsMax);
    const { mlflow_colspec: columns } = JSON.parse(schema);
    expect(schema.length).toBeLessThanOrEqual(Math.max(charsMax, '{"mlflow_colspec":[]}'.length));
    expect(columns.length).toBeLessThan(3_000);
    expect(columns.length).toBeGreaterThanOrEqual(charsMax > 1_000 ? 1 : 0);
  });

  test('stays as it is if it fits', () => {
    expect(withSchemaOf(wide(), 1_048_575)).toEqual(wide());
  });

  test('stays without the statistics of the file', () => {
    const { profile, ...others } = withoutStatistics(wide());
    expect(others).toMatchObject({ schema: wide().schema });
    expect(Object.keys(JSON.parse(profile))).toEqual(['num_rows', 'num_elements', 'num_columns', 'target']);
  });
});

describe('logInputs', () => {
  test.each([
    [2, 65_535],
    [3, 1_048_575],
  ] as const)('sends MLflow %d a schema of at most %d characters', async (major, charsMax) => {
    const { error, bodies } = await sentTo(taking(2 ** 30, {}), (client) =>
      logInputs(client, 'r', { inputs: input() }, major),
    );
    expect([error, bodies.length]).toEqual([undefined, 1]);
    const { schema } = bodies[0].datasets[0].dataset;
    expect(schema.length).toBeLessThanOrEqual(charsMax);
    expect(schema.length).toBeGreaterThan(60_000);
  });

  test('sends less if that is too long for the server, and never fails because of its length', async () => {
    const { error, bodies } = await sentTo(taking(10_000, TOO_LONG), (client) =>
      logInputs(client, 'r', { inputs: input() }, 3),
    );
    expect([error, bodies.length]).toEqual([undefined, 2]);
    expect(bodies[1].datasets[0].dataset.schema.length).toBeLessThanOrEqual(4_000);
    const nothing = await sentTo(taking(10, TOO_LONG), (client) =>
      logInputs(client, 'r', { inputs: input() }, 3),
    );
    expect([nothing.error, nothing.bodies.length]).toEqual([undefined, 2]);
  });

  test('fails for every other reason', async () => {
    const { error, bodies } = await sentTo(taking(10, INVALID), (client) =>
      logInputs(client, 'r', { inputs: input() }, 3),
    );
    expect(error).toMatchObject({ code: 'mlflow_refused', of: 'record' });
    expect(bodies).toHaveLength(1);
  });

  test('sends nothing if there is nothing', async () => {
    expect(
      (await sentTo(taking(10, INVALID), (client) => logInputs(client, 'r', { inputs: [] }, 3))).bodies,
    ).toEqual([]);
  });
});

describe('logBatch', () => {
  const params = { ignore: 'x'.repeat(6_000), C: '1.0' };
  const metric = { key: 'm', value: 1, step: 0, timestamp: 1 };

  test.each([
    [10_000, TOO_LONG, 6_000, 1],
    [1_000, EXCEEDED, 500, 2],
    [450, TOO_LONG, 250, 3],
  ])('for a server that takes %d characters', async (charsMax, refusal, kept, calls) => {
    const { error, bodies } = await sentTo(taking(charsMax, refusal), (client) =>
      logBatch(client, 'r', params, [metric]),
    );
    expect([error, bodies.length]).toEqual([undefined, calls]);
    const sent = bodies.at(-1).params as { key: string; value: string }[];
    expect(sent.map(({ key, value }) => [key, value.length])).toEqual([
      ['ignore', kept],
      ['C', 3],
    ]);
    expect(bodies.at(-1).metrics).toEqual([metric]);
  });

  test('fails if the metrics are too long, because they are no decoration', async () => {
    const { error, bodies } = await sentTo(taking(10, TOO_LONG), (client) =>
      logBatch(client, 'r', params, [metric]),
    );
    expect(error).toMatchObject({ code: 'mlflow_refused' });
    expect(bodies.at(-1)).toMatchObject({ params: [], metrics: [metric] });
  });
});
