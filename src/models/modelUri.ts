import { FieldError, quote } from '../errors.ts';

/** What an address of a model names. */
export type ModelReference =
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: string }
  | { readonly kind: 'model'; readonly modelId: string }
  | { readonly kind: 'run'; readonly runId: string; readonly name: string };

/** Far above MLflow's longest name, so that an error stays short. */
const CHARS_MAX = 2_000;
const FORMS = ['models:/NAME@ALIAS', 'models:/NAME/VERSION', 'models:/m-ID', 'runs:/RUN_ID/NAME'] as const;

const VERSION = /^models:\/+([^/:]+)\/([1-9]\d{0,9})$/;
const ALIAS = /^models:\/+([^/:]+)@([^/@:]+)$/;
const LOGGED_MODEL = /^models:\/+(m-[\da-zA-Z]+)$/;
const OF_RUN = /^runs:\/+([\da-zA-Z_-]+)\/(.+)$/;
/** Steps that lead out of a run's artifacts, or nowhere. */
const BAD_STEP = /(?:^|\/)(?:\.{0,2})(?:\/|$)/;

/**
 * Parses an address of a model, in one of MLflow's forms.
 * @throws FieldError `model_uri`
 */
export function parseModelUri(uri: string): ModelReference {
  const text = uri.trim();
  if (text.length <= CHARS_MAX && !hasControls(text)) {
    const reference = referenceOf(text);
    if (reference !== undefined) return reference;
  }
  const message = `${quote(uri)} is no address of a model: ${adviceFor(text)}.`;
  throw new FieldError('model_uri', message, { field: 'model', value: uri, allowed: FORMS });
}

function referenceOf(text: string): ModelReference | undefined {
  const [, modelId] = LOGGED_MODEL.exec(text) ?? [];
  if (modelId !== undefined) return { kind: 'model', modelId };
  const [, versioned, version] = VERSION.exec(text) ?? [];
  if (versioned !== undefined) return { kind: 'version', name: versioned, version: version! };
  const [, aliased, alias] = ALIAS.exec(text) ?? [];
  if (aliased !== undefined) return { kind: 'alias', name: aliased, alias: alias! };
  const [, runId, name] = OF_RUN.exec(text) ?? [];
  if (runId === undefined || BAD_STEP.test(name!)) return undefined;
  return { kind: 'run', runId, name: name! };
}

function adviceFor(text: string): string {
  if (/^models:\/+[^/]+\/[^/]+$/.test(text)) return 'name a version by its number, or an alias after @';
  if (/^models:\/+[^/@]+$/.test(text)) return 'add a version (/3) or an alias (@champion)';
  return `write ${FORMS.slice(0, -1).join(', ')} or ${FORMS.at(-1)}`;
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
