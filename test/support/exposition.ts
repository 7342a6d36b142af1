/** One time series as Prometheus reads it: `name{label="value"} 1`. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

const NAME = /^[a-z_][a-z0-9_]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
const VALUE = /^(?:[+-]?Inf|NaN|Nan|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
/** Suffixes of the series of a histogram or a summary. */
const PARTS = /_(?:bucket|sum|count)$/;
/** Units other than seconds and bytes. */
const OTHER_UNITS =
  /_(?:ms|milliseconds?|microseconds?|nanoseconds?|minutes?|hours?|days?|kb|mb|kilobytes|megabytes|bits|percent)(?:_|$)/;

/** The families of a text in Prometheus' format 0.0.4. @throws Error at the first malformed line */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  let current: Family | undefined;
  let help: readonly [name: string, text: string] | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      help = [name, rest];
    } else if (kind === 'TYPE') {
      if (help?.[0] !== name) throw new Error(`no HELP before ${line}`);
      if (families.has(name)) throw new Error(`twice: ${line}`);
      current = { name, type: rest, help: help[1], samples: [] };
      families.set(name, current);
    } else {
      const sample = readSample(line);
      const family =
        PARTS.test(sample.name) && current?.type === 'histogram'
          ? sample.name.replace(PARTS, '')
          : sample.name;
      if (current?.name !== family) throw new Error(`not of the family above: ${line}`);
      current.samples.push(sample);
    }
  }
  return families;
}

function readSample(line: string): Sample {
  const [, name, labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === undefined || !VALUE.test(value)) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < labelText.length; at = LABEL.lastIndex) {
    const [, label = '', text = ''] = LABEL.exec(labelText) ?? [];
    if (label === '' || label in labels) throw new Error(`bad labels: ${line}`);
    labels[label] = text;
  }
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}

/** Finds what `promtool check metrics` would report, and what Prometheus would reject. */
export function faultsOf(families: ReadonlyMap<string, Family>): string[] {
  const faults: string[] = [];
  for (const { name, type, help, samples } of families.values()) {
    const says = (fault: string) => faults.push(`${name}: ${fault}`);
    if (!NAME.test(name)) says('is not in snake_case');
    if (help === '') says('has no help');
    if (!['counter', 'gauge', 'histogram', 'summary'].includes(type)) says(`is a ${type}`);
    if ((type === 'counter') !== name.endsWith('_total')) says(`is a ${type} of that name`);
    if (OTHER_UNITS.test(name)) says('has a unit other than seconds and bytes');
    if (samples.some(({ labels }) => Object.keys(labels).some((label) => !NAME.test(label))))
      says('has odd labels');
    const series = samples.map(
      ({ name, labels }) => `${name}${JSON.stringify(Object.entries(labels).sort())}`,
    );
    if (new Set(series).size !== series.length) says('has a series twice');
    if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) says('counts below 0');
    if (type === 'histogram') faults.push(...histogramFaults(name, samples));
  }
  return faults;
}

function histogramFaults(name: string, samples: readonly Sample[]): string[] {
  const faults: string[] = [];
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(Object.entries(labels).sort());
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, group] of groups) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('Inf', 'Infinity')));
    const counts = buckets.map(({ value }) => value);
    const count = group.find((sample) => sample.name === `${name}_count`)?.value;
    const isAscending = (values: readonly number[]) =>
      values.every((value, k) => k === 0 || value >= values[k - 1]!);
    if (!isAscending(bounds) || !isAscending(counts)) faults.push(`${name}${key}: buckets do not ascend`);
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY || counts.at(-1) !== count) {
      faults.push(`${name}${key}: the last bucket does not hold all`);
    }
    if (!group.some((sample) => sample.name === `${name}_sum`)) faults.push(`${name}${key}: no sum`);
  }
  return faults;
}

/** The values of a family's series, by the value of one label. */
export function byLabel(
  families: ReadonlyMap<string, Family>,
  name: string,
  label: string,
): Record<string, number> {
  return Object.fromEntries(
    families.get(name)?.samples.map(({ labels, value }) => [labels[label], value]) ?? [],
  );
}

/** The value of the only series with these labels; undefined if there is no such series. */
export function readingOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const family = families.get(name) ?? families.get(name.replace(PARTS, ''));
  return family?.samples.find(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;
}
