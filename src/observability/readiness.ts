import { setTimeout as sleep } from 'node:timers/promises';

/** What keeps a check from holding. */
export interface Finding {
  /** One sentence that anybody may read: it names no path, no address and no secret. */
  readonly reason: string;
  /** What the log should have beside it. */
  readonly cause?: unknown;
}

/** Looks at one thing that a training needs; undefined: it holds. */
export type Check = () => Finding | undefined | Promise<Finding | undefined>;

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly reason?: string }>>;
}

export interface ReadinessOptions {
  readonly checks: Readonly<Record<string, Check>>;
  /** Is told whenever a check begins or ceases to hold; of the first look only that it does not. */
  readonly onChange?: (name: string, finding: Finding | undefined) => void;
  readonly timeoutMs?: number;
}

/** Probes come every few seconds as a rule, and from several places: they share one look. */
const KEPT_MS = 2_000;
/** As long as a look at MLflow may take: it says by itself what happened then. */
const TIMEOUT_MS = 2_500;

/** Whether a training can be taken and kept, check by check. */
export class Readiness {
  readonly #checks: Readonly<Record<string, Check>>;
  readonly #onChange: NonNullable<ReadinessOptions['onChange']>;
  readonly #timeoutMs: number;
  /** Checks that did not hold when they were last looked at. */
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
   * Looks at everything at once, for `timeoutMs` at most. It never rejects.
   * @param excluded names of checks that are not looked at
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

/** A check that fails, or takes too long, does not hold. */
async function within(timeoutMs: number, check: Check): Promise<Finding | undefined> {
  const clock = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: clock.signal, ref: false }).then(
    () => ({ reason: `This could not be found out within ${timeoutMs / 1000} s.` }),
    () => undefined,
  );
  try {
    return await Promise.race([check(), late]);
  } catch (cause) {
    return { reason: 'This could not be found out; the log says why.', cause };
  } finally {
    clock.abort();
  }
}

/** The same check, looked at once for all who ask while it is looked at, and for `keptMs` after that. */
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
