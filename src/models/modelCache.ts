import { FieldError } from '../errors.ts';
import type { ModelPlace } from '../values/loadedModel.ts';
import { type ModelReference, parseModelUri } from './modelUri.ts';
import type { ModelStore, ReadyModel } from './port.ts';
import { notFound, type ReadModel, readModel } from './readModel.ts';
import type { ModelAddress, ModelRegistry } from './registry.ts';

/** Models, and aliases, that are kept. A model usually has some kilobytes. */
const MODELS_MAX = 16;
/** How long a prediction waits for an alias if a version is loaded already: many times what MLflow takes when it is well. */
const ALIAS_WAIT_MS = 1_000;

export interface ModelCacheOptions {
  readonly registry: ModelRegistry;
  /** How long the version behind an alias counts before MLflow is asked again. */
  readonly aliasTtlMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** A model, and what its place says beside the client's address. */
interface Entry {
  readonly read: ReadModel;
  readonly place: Omit<ModelPlace, 'uri'>;
}

/** What is known about an alias. */
interface AliasState {
  /** The version that serves. */
  entry: Entry;
  /** When MLflow last said that the alias points there. */
  confirmedAt: number;
  /** When MLflow is asked again. */
  askAgainAt: number;
  /** The question that is under way. */
  asking: Promise<void> | undefined;
  /** Whether the last question got no answer. */
  isUnanswered: boolean;
  /** Why the model behind the alias cannot be used, if MLflow's last answer says so. */
  refusal: FieldError | undefined;
}

/**
 * Keeps models that were read from MLflow.
 * Versions and logged models do not change, so they are read once, however many ask. An alias is asked for again after a
 * while. If MLflow does not answer, the version that was loaded goes on serving.
 */
export class ModelCache implements ModelStore {
  readonly #options: ModelCacheOptions;
  readonly #now: () => number;
  /** By the address of a version, a logged model or a run's model; the one that was used last stands last. */
  readonly #models = new Map<string, Promise<Entry>>();
  readonly #aliases = new Map<string, AliasState>();
  /** First questions for aliases. */
  readonly #firsts = new Map<string, Promise<AliasState>>();

  constructor(options: ModelCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** @throws FieldError `model_uri`, `model_not_found`, `foreign_model`, `model_damaged`; what a call to MLflow throws */
  async load(uri: string): Promise<ReadyModel> {
    const reference = parseModelUri(uri);
    if (reference.kind !== 'alias') return ready(uri, await this.#model(reference, uri));
    return await this.#loadAlias(reference, uri);
  }

  async #loadAlias(reference: ModelReference & { kind: 'alias' }, uri: string): Promise<ReadyModel> {
    const key = `${reference.name}@${reference.alias}`;
    const state = this.#aliases.get(key) ?? (await this.#firstAnswer(key, reference, uri));
    touch(this.#aliases, key, state, MODELS_MAX);
    if (this.#now() >= state.askAgainAt) {
      state.asking ??= this.#ask(state, reference, uri);
      await orAfter(state.asking, ALIAS_WAIT_MS);
    }
    if (state.refusal !== undefined) throw state.refusal;
    const model = ready(uri, state.entry);
    if (state.asking === undefined && !state.isUnanswered) return model;
    return { ...model, aliasAgeMs: Math.round(this.#now() - state.confirmedAt) };
  }

  /** Asks for an alias that nobody has asked for, once however many ask. */
  #firstAnswer(key: string, reference: ModelReference & { kind: 'alias' }, uri: string): Promise<AliasState> {
    return once(this.#firsts, key, async () => {
      const confirmedAt = this.#now();
      const entry = await this.#behind(reference, uri);
      const askAgainAt = confirmedAt + this.#options.aliasTtlMs;
      return { entry, confirmedAt, askAgainAt, asking: undefined, isUnanswered: false, refusal: undefined };
    }).finally(() => this.#firsts.delete(key));
  }

  /** Asks MLflow where an alias points now. Never rejects. */
  async #ask(state: AliasState, reference: ModelReference & { kind: 'alias' }, uri: string): Promise<void> {
    const askedAt = this.#now();
    try {
      state.entry = await this.#behind(reference, uri);
      state.confirmedAt = askedAt;
      state.isUnanswered = false;
      state.refusal = undefined;
    } catch (error) {
      // Everything else means that MLflow, or what is before it, is not well.
      state.refusal = error instanceof FieldError ? error : undefined;
      state.isUnanswered = state.refusal === undefined;
    }
    state.askAgainAt = this.#now() + this.#options.aliasTtlMs;
    state.asking = undefined;
  }

  async #behind({ name, alias }: ModelReference & { kind: 'alias' }, uri: string): Promise<Entry> {
    const version = await this.#options.registry.findAlias(name, alias);
    if (version === undefined) throw notFound(uri);
    return await this.#model({ kind: 'version', name, version }, uri);
  }

  #model(reference: Exclude<ModelReference, { kind: 'alias' }>, uri: string): Promise<Entry> {
    const key = keyOf(reference);
    const model = once(this.#models, key, () => this.#read(reference, uri));
    touch(this.#models, key, model, MODELS_MAX);
    return model;
  }

  async #read(reference: Exclude<ModelReference, { kind: 'alias' }>, uri: string): Promise<Entry> {
    const { registry } = this.#options;
    const address = await addressOf(registry, reference);
    if (address === undefined) throw notFound(uri);
    const read = await readModel(registry, address, uri);
    const named = reference.kind === 'version' ? { name: reference.name, version: reference.version } : {};
    return { read, place: { ...named, ...read.place } };
  }
}

function ready(uri: string, { read: { description, predictor }, place }: Entry): ReadyModel {
  return { model: { place: { uri, ...place }, description }, predictor };
}

async function addressOf(
  registry: ModelRegistry,
  reference: Exclude<ModelReference, { kind: 'alias' }>,
): Promise<ModelAddress | undefined> {
  return reference.kind === 'run' ? await registry.findOfRun(reference.runId, reference.name) : reference;
}

function keyOf(reference: Exclude<ModelReference, { kind: 'alias' }>): string {
  switch (reference.kind) {
    case 'version':
      return `version ${reference.name}/${reference.version}`;
    case 'model':
      return `model ${reference.modelId}`;
    case 'run':
      return `run ${reference.runId}/${reference.name}`;
  }
}

/** Returns the promise under a key, or makes it. A promise that rejects is forgotten. */
function once<Result>(
  promises: Map<string, Promise<Result>>,
  key: string,
  make: () => Promise<Result>,
): Promise<Result> {
  const known = promises.get(key);
  if (known !== undefined) return known;
  const made = make();
  promises.set(key, made);
  made.catch(() => {
    if (promises.get(key) === made) promises.delete(key);
  });
  return made;
}

/** Moves a key to the end of a map, and drops the first keys if there are too many. */
function touch<Value>(map: Map<string, Value>, key: string, value: Value, sizeMax: number): void {
  map.delete(key);
  map.set(key, value);
  for (const first of map.keys()) {
    if (map.size <= sizeMax) return;
    map.delete(first);
  }
}

/** Waits for a promise that never rejects, but not longer than so many milliseconds. */
async function orAfter(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
