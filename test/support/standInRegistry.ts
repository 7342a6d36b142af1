import { absent, exists, invalid, wanted } from './standInErrors.ts';

// biome-ignore lint/suspicious/noExplicitAny: the body of a call is read as MLflow would read it.
type Json = any;

export interface StoredVersion {
  readonly creation_timestamp: number;
  readonly name: string;
  readonly version: string;
  readonly run_id: string;
  readonly source: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

interface RegisteredModel {
  readonly name: string;
  readonly aliases: Map<string, string>;
  lastVersion: number;
  readonly versions: Map<string, StoredVersion>;
}

/** The part of MLflow's model registry that trainpost uses, in memory. See `StandInStore`. */
export class StandInRegistry {
  readonly registered = new Map<string, RegisteredModel>();
  readonly #isMlflow2: boolean;

  constructor(version: string) {
    this.#isMlflow2 = version.startsWith('2.');
  }

  createRegisteredModel({ name }: Json) {
    if (name === '.' || name === '..') throw invalid('Names may be treated as files in certain cases');
    if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
    if (this.registered.has(name)) throw exists(`Registered Model (name=${name})`);
    this.registered.set(name, { name, aliases: new Map(), lastVersion: 0, versions: new Map() });
    return { registered_model: { name } };
  }

  getRegisteredModel({ name }: Json) {
    const { aliases } = this.#registered(name);
    const shownAliases = [...aliases].map(([alias, version]) => ({ alias, version }));
    return { registered_model: { name, ...(shownAliases.length > 0 && { aliases: shownAliases }) } };
  }

  setAlias({ name, alias, version }: Json) {
    this.#version(name, version);
    this.#registered(name).aliases.set(alias, version);
    return {};
  }

  /** @param body `creation_timestamp` is for tests; MLflow does not accept it */
  createModelVersion({ name, source, run_id, creation_timestamp = Date.now() }: Json) {
    const registered = this.#registered(name);
    const version = String(++registered.lastVersion);
    const made = { name, version, source, run_id, creation_timestamp, status: 'READY' };
    registered.versions.set(version, made);
    return { model_version: made };
  }

  getModelVersion({ name, version }: Json) {
    return { model_version: this.#version(name, version) };
  }

  setVersionTag({ name, version, key, value }: Json) {
    const found = this.#version(name, version);
    const others = (found.tags ?? []).filter((tag) => tag.key !== key);
    this.registered.get(name)?.versions.set(version, { ...found, tags: [...others, { key, value }] });
    return {};
  }

  /** The newest first. */
  searchModelVersions({ filter }: Json) {
    const [name, runId] = [wanted(filter, 'name'), wanted(filter, 'run_id')];
    const versions = [...this.registered.values()]
      .flatMap((one) => [...one.versions.values()])
      .filter((one) => (name ?? one.name) === one.name && (runId ?? one.run_id) === one.run_id);
    return versions.length === 0 ? {} : { model_versions: versions.reverse() };
  }

  /** In MLflow 2 the version's aliases stay, and point nowhere. */
  deleteModelVersion({ name, version }: Json) {
    this.#version(name, version);
    const { versions, aliases } = this.#registered(name);
    versions.delete(version);
    if (this.#isMlflow2) return {};
    for (const [alias, of] of aliases) if (of === version) aliases.delete(alias);
    return {};
  }

  #registered(name: string): RegisteredModel {
    const registered = this.registered.get(name);
    if (registered === undefined) throw absent(`Registered Model with name=${name}`);
    return registered;
  }

  #version(name: string, version: string): StoredVersion {
    const found = this.registered.get(name)?.versions.get(version);
    if (found === undefined) throw absent(`Model Version (name=${name}, version=${version})`);
    return found;
  }
}
