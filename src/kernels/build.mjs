/**
 * Compiles src/kernels/assembly to dist/kernels/kernels.wasm, if the sources have changed since the last time.
 * `npm run build` runs this program. The tests run this program too, before they start (test/support/buildFirst.ts).
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = 'src/kernels/assembly';
const COMPILER = 'node_modules/assemblyscript/package.json';
const WASM = 'dist/kernels/kernels.wasm';
/** Digest of the sources and of the compiled file. The stamp is written last. */
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
  // The rename keeps the file whole for another process that loads or compiles the kernels now.
  const unfinished = WASM.replace('.wasm', `.${process.pid}.wasm`);
  const options = ['--config', `${SOURCES}/asconfig.json`, '--outFile', unfinished];
  const { error } = await main(options, { stdout: process.stdout, stderr: process.stderr });
  if (error) {
    process.exitCode = 1;
    return;
  }
  renameSync(unfinished, WASM);
  // If a source has changed meanwhile, there is no new stamp, and the next run compiles again.
  if (digestOf(sources()) === before) writeFileSync(STAMP, digestOf(sources(), WASM));
}

/** The files that decide the result: the sources, the compiler's options and the compiler's version. */
function sources() {
  const entries = readdirSync(SOURCES, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return [...files.sort(), COMPILER];
}

/** Digests names and contents of files, but no dates. A checkout changes dates, and a copy keeps dates. */
function digestOf(files, ...more) {
  const hash = createHash('sha256');
  for (const file of [...files, ...more]) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}
