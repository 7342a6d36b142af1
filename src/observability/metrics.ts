import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type MetricSources, registerGauges } from './gauges.ts';

/** From a refusal in one millisecond to a training that takes all of its five minutes. */
const SECONDS_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
];
/** Methods that have a label value of their own; all other methods share one value. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const OTHER_METHOD = 'other';
/** Gauges that have the name of a counter, and only sum up `nodejs_active_resources` and the like. */
const SUMS_OF_OTHERS = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

/** Stages of a training in milliseconds, named as in `timing_ms` of the answer. A stage that did not happen is absent. */
type StagesMs = Readonly<Record<string, number>>;

interface EndedRequest {
  /** Pattern of the route, never the path of the request: each value becomes a time series. */
  readonly route: string;
  readonly method: string;
  /** Status code, or a word if there was no answer. */
  readonly status: string;
  readonly seconds: number;
}

/** Counts what happens, and writes what Prometheus reads. Each instance has a registry of its own. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'route' | 'method' | 'status'>;
  readonly #requestSeconds: Histogram<'route' | 'method'>;
  readonly #stageSeconds: Histogram<'stage'>;
  readonly #uploads: Gauge;

  /** @param sources called whenever the metrics are read */
  constructor(sources: MetricSources) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'trainpost_http_requests_total',
      help: 'Requests that ended, by route, method and status; status "aborted" if the client went away.',
      labelNames: ['route', 'method', 'status'],
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: 'trainpost_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its response.',
      labelNames: ['route', 'method'],
      buckets: SECONDS_BUCKETS,
      registers,
    });
    this.#stageSeconds = new Histogram({
      name: 'trainpost_training_stage_duration_seconds',
      help: 'Time of the stages of accepted trainings; "log" only if the response waited for MLflow.',
      labelNames: ['stage'],
      buckets: SECONDS_BUCKETS,
      registers,
    });
    this.#uploads = new Gauge({
      name: 'trainpost_uploads_under_way',
      help: 'Forms that arrive now.',
      registers,
    });
    registerGauges(this.#registry, sources);
  }

  requestEnded({ route, method, status, seconds }: EndedRequest): void {
    const known = METHODS.has(method) ? method : OTHER_METHOD;
    this.#requests.labels(route, known, status).inc();
    this.#requestSeconds.labels(route, known).observe(seconds);
  }

  stagesEnded(stagesMs: StagesMs): void {
    for (const [stage, ms] of Object.entries(stagesMs)) this.#stageSeconds.labels(stage).observe(ms / 1000);
  }

  /** Counts an upload until the returned function is called. Further calls of this function have no effect. */
  uploadBegun(): () => void {
    let isUnderWay = true;
    this.#uploads.inc();
    return () => {
      if (isUnderWay) this.#uploads.dec();
      isUnderWay = false;
    };
  }

  /** Adds the usual metrics of a Node process: CPU, memory, descriptors, garbage collection, lag of the event loop. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
    for (const name of SUMS_OF_OTHERS) this.#registry.removeSingleMetric(name);
  }

  /** Media type of `text()`, with the version of the format. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
