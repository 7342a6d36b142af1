import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';

/** A case of Papa Parse's own test suite, which its package contains. */
interface PapaCase {
  readonly description: string;
  readonly input: string;
  readonly config?: { readonly delimiter?: string };
  readonly expected: { readonly data: readonly (readonly string[])[]; readonly errors: readonly unknown[] };
}

/** The suite's cases for the parser and for the whole library, without its runner. */
function load(): PapaCase[] {
  const require = createRequire(import.meta.url);
  const file = require.resolve('papaparse').replace(/papaparse\.js$/, 'tests/test-cases.js');
  const context = {
    chai: {},
    Papa: require('papaparse'),
    describe: Object.assign(() => undefined, { skip: () => undefined }),
    CORE_PARSER_TESTS: [] as PapaCase[],
    PARSE_TESTS: [] as PapaCase[],
  };
  runInNewContext(readFileSync(file, 'utf8'), context);
  return [...context.CORE_PARSER_TESTS, ...context.PARSE_TESTS];
}

export const PAPA_CASES: readonly PapaCase[] = load().filter(({ input }) => typeof input === 'string');

/**
 * The cases that are a table for this reader too.
 * Their header has different names, their rows are as long as the header and not blank, and they configure nothing
 * except a known delimiter.
 */
export const PAPA_TABLES = PAPA_CASES.filter(({ config = {}, expected: { data, errors } }) => {
  const [names, ...rows]: PapaCase['expected']['data'] = Array.isArray(data) ? data : [];
  const isPlain = Object.keys(config).every((key) => key === 'delimiter');
  return (
    isPlain &&
    [undefined, '', ',', ';', '\t', '|'].includes(config.delimiter) &&
    errors.length === 0 &&
    names !== undefined &&
    names.length > 1 &&
    names.every((name, index) => name.trim() !== '' && names.indexOf(name) === index) &&
    rows.length > 0 &&
    rows.every((row) => row.length === names.length)
  );
});
