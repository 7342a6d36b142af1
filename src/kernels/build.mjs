/**
 * Compiles src/kernels/assembly to dist/kernels/kernels.wasm, unless that file is what the sources of now compile to.
 * `npm run build` runs this program, and the tests run it before they start (test/support/builtKernels.ts).
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = 'src/kernels/assembly';
const COMPILER = 'node_modules/assemblyscript/package.json';
const WASM = 'dist/kernels/kernels.wasm';
/** Digest of the sources and of the file that they compile to. It is written last. */
const STAMP = 'dist/kernels/.built-from';

process.chdir(ROOT);
if (!isBuilt()) await build();

function isBuilt() {
  return existsSync(STAMP) && existsSync(WASM) && readFileSync(STAMP, 'utf8') === digestOf(sources(), WASM);
}

async function build() {
  const { main } = await import('assemblyscript/asc');
  const before = digestOf(sources());
  mkdirSync(dirname(WASM), { recursive: true });
  // Another process may load the kernels now, or compile them too: it never meets a part of a file.
  const unfinished = WASM.replace('.wasm', `.${process.pid}.wasm`);
  const options = ['--config', `${SOURCES}/asconfig.json`, '--outFile', unfinished];
  const { error } = await main(options, { stdout: process.stdout, stderr: process.stderr });
  if (error) {
    process.exitCode = 1;
    return;
  }
  renameSync(unfinished, WASM);
  // If a source has changed meanwhile, no stamp says so, and the next run compiles again.
  if (digestOf(sources()) === before) writeFileSync(STAMP, digestOf(sources(), WASM));
}

/** Files that decide what is compiled: the sources, the compiler's options and its version. */
function sources() {
  const entries = readdirSync(SOURCES, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return [...files.sort(), COMPILER];
}

/** Digest of files' names and contents, and not of dates: a checkout changes dates, and a copy keeps them. */
function digestOf(files, ...more) {
  const hash = createHash('sha256');
  for (const file of [...files, ...more]) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}
