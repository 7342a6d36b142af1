import { describe, expect, it } from 'vitest';
import type { MetricSources } from '../../src/observability/gauges.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { byLabel, faultsOf, readExposition, readingOf } from '../support/exposition.ts';

const SOURCES: MetricSources = {
  version: '1.2.3',
  trainings: () => ({ underWay: 5, waiting: 3 }),
  threads: () => ({ training: 2, reading: 1 }),
  readiness: async () => ({
    ready: false,
    checks: { disk: { ok: true }, mlflow: { ok: false, reason: 'away' } },
  }),
};

const read = async (metrics: Metrics) => readExposition(await metrics.text());

describe('Metrics', () => {
  it("reports the state of its sources at the time of the request, in Prometheus' format", async () => {
    let pending = 7;
    const metrics = new Metrics({
      ...SOURCES,
      memory: () => ({ promisedBytes: 3, keptBytes: 4, bytesMax: Number.POSITIVE_INFINITY }),
      spool: () => ({ pending, dead: 2, bytes: 4_096, oldestAcceptedAtMs: Date.now() + 60_000 }),
      deliveries: () => ({ underWay: 1, byOutcome: { delivered: 40, dead: 2 } }),
    });
    metrics.watchProcess();
    metrics.requestEnded({ route: '/train', method: 'POST', status: '200', seconds: 0.2 });
    metrics.stagesEnded({ upload: 1.5, fit: 12 });

    const families = await read(metrics);
    expect(faultsOf(families)).toEqual([]);
    expect(readingOf(families, 'trainpost_trainings_under_way')).toBe(5);
    expect(readingOf(families, 'trainpost_trainings_waiting')).toBe(3);
    expect(byLabel(families, 'trainpost_threads', 'kind')).toEqual({ training: 2, reading: 1 });
    expect(byLabel(families, 'trainpost_check_ok', 'check')).toEqual({ disk: 1, mlflow: 0 });
    expect(byLabel(families, 'trainpost_spool_records', 'state')).toEqual({ pending: 7, dead: 2 });
    expect(readingOf(families, 'trainpost_deliveries_under_way')).toBe(1);
    expect(readingOf(families, 'trainpost_spool_bytes')).toBe(4_096);
    expect(byLabel(families, 'trainpost_table_memory_bytes', 'state')).toEqual({ promised: 3, kept: 4 });
    expect(readingOf(families, 'trainpost_table_memory_limit_bytes')).toBe(Number.POSITIVE_INFINITY);
    expect(byLabel(families, 'trainpost_deliveries_total', 'outcome')).toEqual({ delivered: 40, dead: 2 });
    expect(readingOf(families, 'trainpost_build_info', { version: '1.2.3' })).toBe(1);
    // The clock was set back after the record was accepted.
    expect(readingOf(families, 'trainpost_spool_oldest_age_seconds')).toBe(0);

    pending = 0;
    const later = await read(metrics);
    expect(byLabel(later, 'trainpost_spool_records', 'state')).toEqual({ pending: 0, dead: 2 });
    expect(byLabel(later, 'trainpost_deliveries_total', 'outcome')).toEqual({ delivered: 40, dead: 2 });
  });

  it.each([
    [undefined, 0],
    [90_000, 90],
  ])('reports the age in seconds of a run that was accepted %d ms ago', async (agoMs, atLeast) => {
    const oldest = agoMs === undefined ? {} : { oldestAcceptedAtMs: Date.now() - agoMs };
    const metrics = new Metrics({ ...SOURCES, spool: () => ({ pending: 1, dead: 0, bytes: 1, ...oldest }) });
    const age = readingOf(await read(metrics), 'trainpost_spool_oldest_age_seconds');
    expect(age).toBeGreaterThanOrEqual(atLeast);
    expect(age).toBeLessThan(atLeast + 3_600);
  });

  it('has no metrics of the spool if there is no spool', async () => {
    const families = await read(new Metrics(SOURCES));
    expect([...families.keys()].filter((name) => /spool|deliveries/.test(name))).toEqual([]);
  });

  it('converts milliseconds to seconds', async () => {
    const metrics = new Metrics(SOURCES);
    metrics.stagesEnded({ parse: 40, log: 200 });
    metrics.stagesEnded({ parse: 60 });
    const families = await read(metrics);
    const name = 'trainpost_training_stage_duration_seconds';
    expect(readingOf(families, `${name}_sum`, { stage: 'parse' })).toBeCloseTo(0.1, 12);
    expect(readingOf(families, `${name}_count`, { stage: 'parse' })).toBe(2);
    expect(readingOf(families, `${name}_bucket`, { stage: 'parse', le: '0.05' })).toBe(1);
    expect(readingOf(families, `${name}_count`, { stage: 'log' })).toBe(1);
  });

  it('counts an upload until it has ended, and counts a repeated end once', async () => {
    const metrics = new Metrics(SOURCES);
    const first = metrics.uploadBegun();
    const second = metrics.uploadBegun();
    first();
    first();
    expect(readingOf(await read(metrics), 'trainpost_uploads_under_way')).toBe(1);
    second();
    expect(readingOf(await read(metrics), 'trainpost_uploads_under_way')).toBe(0);
  });

  it('has two registries for two services', async () => {
    const one = new Metrics(SOURCES);
    const other = new Metrics(SOURCES);
    one.requestEnded({ route: '/train', method: 'POST', status: '200', seconds: 1 });
    expect(readingOf(await read(one), 'trainpost_http_requests_total')).toBe(1);
    expect(readingOf(await read(other), 'trainpost_http_requests_total')).toBeUndefined();
  });
});

describe('the checker', () => {
  const GOOD = '# HELP a_total A.\n# TYPE a_total counter\na_total{x="1"} 1\n';
  it.each([
    ['a line that is not a sample', `${GOOD}what\n`],
    ['a last line without a line end', GOOD.slice(0, -1)],
    ['a family without help', GOOD.split('\n').slice(1).join('\n')],
    ['a sample of another family', GOOD.replace('a_total{', 'b_total{')],
    ['a label without quotes', GOOD.replace('"1"', '1')],
    ['a value that is not a number', GOOD.replace('} 1', '} one')],
  ])('refuses %s', (_name, text) => {
    expect(readExposition(GOOD).size).toBe(1);
    expect(() => readExposition(text)).toThrow();
  });

  const HISTOGRAM =
    '# HELP h H.\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n';
  it.each([
    ['a counter without _total', GOOD.replaceAll('a_total', 'a')],
    ['a gauge with _total', GOOD.replace('counter', 'gauge')],
    ['milliseconds', GOOD.replaceAll('a_total', 'a_ms_total')],
    ['a series twice', `${GOOD}a_total{x="1"} 2\n`],
    ['a count below 0', GOOD.replace('} 1', '} -1')],
    ['buckets that shrink', HISTOGRAM.replace('le="1"} 1', 'le="1"} 5')],
    ['buckets without the last bucket', HISTOGRAM.replace('h_bucket{le="+Inf"} 2\n', '')],
    ['a histogram without its sum', HISTOGRAM.replace('h_sum 3\n', '')],
  ])('finds fault with %s', (_name, text) => {
    expect(faultsOf(readExposition(HISTOGRAM))).toEqual([]);
    expect(faultsOf(readExposition(text))).not.toEqual([]);
  });
});
