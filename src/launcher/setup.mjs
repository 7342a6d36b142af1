/**
 * Installs the packages and builds dist/ if necessary. npm runs this program before `npm start` and `npm test`. The program
 * takes some milliseconds if nothing has to be done. It is plain JavaScript and imports no package, because the packages
 * may not be installed yet.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LockHeldError, withLock } from '../system/fileLock.mjs';

const NODE_MIN = [20, 19];
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const PACKAGE_LOCK = join(ROOT, 'package-lock.json');
/** npm's own record of the packages that it has installed. npm writes it last. */
const INSTALLED_FILE = join(ROOT, 'node_modules', '.package-lock.json');
const DIST = join(ROOT, 'dist');
/** Holds the digest of the sources that dist/ was built from. The build writes it last. */
const BUILD_STAMP = join(DIST, '.built-from');
/** The process that installs or builds holds this lock, because `npm start` and `npm test` may begin at the same time. */
const LOCK = join(ROOT, '.mlflow', 'setup.lock');
/** A first installation on a slow line takes some minutes. */
const LOCK_WAIT_MAX_MS = 10 * 60_000;

/** A failure with a message for the person at the terminal. */
class SetupError extends Error {}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError || error instanceof LockHeldError)) throw error;
  say(error.message);
  process.exitCode = 1;
}

async function main() {
  checkNode();
  if (isInstalled() && isBuilt()) return;
  mkdirSync(dirname(LOCK), { recursive: true });
  /** @param {string} heldBy */
  const onWait = (heldBy) => say(`waiting for ${heldBy}, which installs or builds`);
  await withLock(LOCK, { waitMaxMs: LOCK_WAIT_MAX_MS, onWait }, async () => {
    if (!isInstalled()) await install();
    if (!isBuilt()) await build();
  });
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [majorMin = 0, minorMin = 0] = NODE_MIN;
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return;
  throw new SetupError(
    `trainpost needs Node ${NODE_MIN.join('.')} or newer, and this is ${process.versions.node}: install Node 24.`,
  );
}

/**
 * Whether node_modules holds the packages of package-lock.json in their versions. Optional packages may be missing,
 * because they are for other machines.
 */
function isInstalled() {
  if (!existsSync(INSTALLED_FILE)) return false;
  const locked = packagesOf(PACKAGE_LOCK);
  const installed = packagesOf(INSTALLED_FILE);
  return (
    Object.entries(installed).every(([name, { version }]) => locked[name]?.version === version) &&
    Object.entries(locked).every(([name, { optional }]) => name === '' || optional || installed[name])
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version: string, optional?: boolean }>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function isBuilt() {
  return existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === sourceDigest();
}

/** Digest of the contents. A checkout changes the dates of files, and a copy keeps them, so dates say nothing. */
function sourceDigest() {
  const hash = createHash('sha256');
  for (const file of [...filesBelow('src'), 'tsconfig.json', 'package.json', 'package-lock.json']) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
  return paths.sort();
}

/** Installs the packages without running their scripts, because the project needs no script. */
async function install() {
  say('installing the packages of package-lock.json');
  await npm('ci', '--ignore-scripts', '--include=dev', '--loglevel=error');
}

async function build() {
  say('building dist from src');
  const digest = sourceDigest();
  rmSync(DIST, { recursive: true, force: true });
  await npm('run', '--silent', 'build');
  writeFileSync(BUILD_STAMP, digest);
}

/**
 * Runs the npm that runs this script, else the npm on the PATH.
 *
 * @param {...string} args
 */
async function npm(...args) {
  const cli = process.env['npm_execpath'] ?? '';
  const isScript = /npm-cli\.c?js$/.test(cli);
  const child = spawn(isScript ? process.execPath : 'npm', isScript ? [cli, ...args] : args, {
    cwd: ROOT,
    stdio: 'inherit',
    shell: !isScript && process.platform === 'win32',
  });
  // Rejects if npm cannot be started.
  const [status, signal] = await once(child, 'close').catch((error) => [error.message]);
  if (status !== 0)
    throw new SetupError(`npm ${args.join(' ')} failed (${signal ?? status}): its output says why.`);
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`trainpost: ${text}\n`);
}
