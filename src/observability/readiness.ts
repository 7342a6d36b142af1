import { setTimeout as sleep } from 'node:timers/promises';

/** The reason why a check fails. */
export interface Finding {
  /** One sentence for everyone: it names no path, no address and no secret. */
  readonly reason: string;
  /** For the log alone. */
  readonly cause?: unknown;
}

/** Looks at one thing that a training needs; undefined if the check holds. */
export type Check = () => Finding | undefined | Promise<Finding | undefined>;

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly reason?: string }>>;
}

export interface ReadinessOptions {
  readonly checks: Readonly<Record<string, Check>>;
  /** Called when a check starts or stops to hold. The first look counts only if the check does not hold. */
  readonly onChange?: (name: string, finding: Finding | undefined) => void;
  readonly timeoutMs?: number;
}

/** Probes arrive every few seconds and from several places: they share one look. */
const KEPT_MS = 2_000;
/** Longer than a look at MLflow may take, so that the look itself can say what happened. */
const TIMEOUT_MS = 2_500;

/** Finds out, check by check, whether a training can be taken and kept. */
export class Readiness {
  readonly #checks: Readonly<Record<string, Check>>;
  readonly #onChange: NonNullable<ReadinessOptions['onChange']>;
  readonly #timeoutMs: number;
  /** Checks that failed at the last look. */
  readonly #failing = new Set<string>();

  constructor({ checks, onChange = () => undefined, timeoutMs = TIMEOUT_MS }: ReadinessOptions) {
    this.#checks = checks;
    this.#onChange = onChange;
    this.#timeoutMs = timeoutMs;
  }

  get names(): readonly string[] {
    return Object.keys(this.#checks);
  }

  /**
   * Runs all checks at once, for at most `timeoutMs`. Never rejects.
   * @param excluded names of checks to leave out
   */
  async report(excluded: ReadonlySet<string> = new Set()): Promise<ReadinessReport> {
    const names = this.names.filter((name) => !excluded.has(name));
    const findings = await Promise.all(names.map((name) => this.#look(name)));
    const checks = names.map((name, index) => {
      const finding = findings[index];
      return [name, finding === undefined ? { ok: true } : { ok: false, reason: finding.reason }] as const;
    });
    return { ready: findings.every((finding) => finding === undefined), checks: Object.fromEntries(checks) };
  }

  async #look(name: string): Promise<Finding | undefined> {
    const finding = await within(this.#timeoutMs, this.#checks[name] as Check);
    const failed = this.#failing.has(name);
    if (finding !== undefined) this.#failing.add(name);
    else this.#failing.delete(name);
    if (failed !== (finding !== undefined)) this.#onChange(name, finding);
    return finding;
  }
}

/** Runs a check; a check that throws or takes too long does not hold. */
async function within(timeoutMs: number, check: Check): Promise<Finding | undefined> {
  const clock = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: clock.signal, ref: false }).then(
    () => ({ reason: `The check did not end within ${timeoutMs / 1000} s.` }),
    () => undefined,
  );
  try {
    return await Promise.race([check(), late]);
  } catch (cause) {
    return { reason: 'The check failed; the log says why.', cause };
  } finally {
    clock.abort();
  }
}

/** The same check with one look for all who ask while it runs, and in the `keptMs` after its end. */
export function shared(check: Check, keptMs = KEPT_MS, clock = () => performance.now()): Check {
  let look: Promise<Finding | undefined> | undefined;
  let endedAtMs = Number.POSITIVE_INFINITY;
  return () => {
    if (look !== undefined && clock() - endedAtMs < keptMs) return look;
    endedAtMs = Number.POSITIVE_INFINITY;
    look = Promise.resolve(undefined)
      .then(check)
      .finally(() => {
        endedAtMs = clock();
      });
    return look;
  };
}
