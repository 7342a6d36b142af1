import { PLAIN_FIELDS } from '../../training/fields/plainFields.ts';

/** How a value stands in the URL: as texts, because a name of a query may be repeated. */
interface Kind<Value> {
  /** Undefined if the texts are no value of this kind. */
  read(texts: readonly string[]): Value | undefined;
  write(value: Value): readonly string[];
}

export interface Property<Value> {
  readonly kind: Kind<Value>;
  readonly default: Value;
}

function property<Value>(kind: Kind<Value>, initial: Value): Property<Value> {
  return { kind, default: initial };
}

export const SCREENS = ['data', 'train', 'result', 'runs', 'predict'] as const;
export type Screen = (typeof SCREENS)[number];

/** An empty text is no text. */
const text: Kind<string> = {
  read: ([first]) => first,
  write: (value) => (value === '' ? [] : [value]),
};

const texts: Kind<readonly string[]> = {
  read: (given) => given,
  write: (value) => value,
};

const oneOf = <const Word extends string>(words: readonly Word[]): Kind<Word> => ({
  read: ([first]) => words.find((word) => word === first),
  write: (word) => [word],
});

/**
 * Everything that the page remembers in its URL beside the fields of the form. The screen is the path of the URL. To add a
 * property, add a row: `state.<name>` is its signal. No property may hold a cell of a file, or a token.
 */
export const PROPERTIES = {
  screen: property<Screen>(oneOf(SCREENS), 'data'),
  /** The id of the job that the screens Train and Result are about. */
  job: property(text, ''),
  /** The id of the run that the screen Result shows instead of the job's. */
  run: property(text, ''),
  /** What the screen Runs shows: by default the experiment that changed last, with MLflow's own order. */
  experiment: property(text, ''),
  filter: property(text, ''),
  order: property(text, ''),
  /** Ids of the runs that are compared. */
  picked: property(texts, []),
  /** The address of the model that the screen Predict asks. */
  model: property(text, ''),
} as const;

export type PropertyName = keyof typeof PROPERTIES;

/** The names of all fields of the form. Each holds its texts; without a text the field is not given. */
export const FIELD_NAMES: readonly string[] = PLAIN_FIELDS.map(({ name }) => name);
