/**
 * npm runs this before `npm start` and `npm test`: it installs the packages and builds dist/ where that is
 * needed, and else costs some milliseconds. Plain JavaScript without a package, since there may be none yet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MIN = [20, 19];
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const LOCK_FILE = join(ROOT, 'package-lock.json');
/** npm's own record of what it has installed; it is written last. */
const INSTALLED_FILE = join(ROOT, 'node_modules', '.package-lock.json');
const DIST = join(ROOT, 'dist');
/** Digest of the sources that dist/ was built from; written last. */
const BUILD_STAMP = join(DIST, '.built-from');
/** Held by the process that installs or builds: `npm start` and `npm test` may begin at the same time. */
const TURN = join(ROOT, '.mlflow', 'setup.lock');
const TURN_POLL_MS = 200;
const TURN_WAIT_MAX_MS = 10 * 60 * 1000;

main();

function main() {
  checkNode();
  if (isInstalled() && isBuilt()) return;
  takeTurn();
  try {
    if (!isInstalled()) install();
    if (!isBuilt()) build();
  } finally {
    rmSync(TURN, { force: true });
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  fail(
    `trainpost needs Node ${NODE_MIN.join('.')} or newer, and this is ${process.versions.node}: install Node 24.`,
  );
}

/** Whether node_modules holds the packages of the lock file, each in its version. Optional ones are for other machines. */
function isInstalled() {
  if (!existsSync(INSTALLED_FILE)) return false;
  const wanted = packagesOf(LOCK_FILE);
  const installed = packagesOf(INSTALLED_FILE);
  const same = (name) => wanted[name] && wanted[name].version === installed[name].version;
  const there = (name) => name === '' || wanted[name].optional || installed[name];
  return Object.keys(installed).every(same) && Object.keys(wanted).every(there);
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function isBuilt() {
  return existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === sourceDigest();
}

/** Of contents, not of dates: a checkout changes dates, and a copy keeps them. */
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

function filesBelow(folder) {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  const paths = entries.map((entry) => [entry.isDirectory(), `${folder}/${entry.name}`]);
  return paths.flatMap(([isFolder, path]) => (isFolder ? filesBelow(path) : [path])).sort();
}

/** Packages' own scripts stay unrun: none of ours needs one. */
function install() {
  say('installing the packages of package-lock.json');
  npm('ci', '--ignore-scripts', '--include=dev', '--loglevel=error');
}

function build() {
  say('building dist from src');
  const digest = sourceDigest();
  rmSync(DIST, { recursive: true, force: true });
  npm('run', '--silent', 'build');
  writeFileSync(BUILD_STAMP, digest);
}

/** The npm that runs this, else the one on the PATH. */
function npm(...args) {
  const cli = process.env.npm_execpath || '';
  const [command, ...first] = /npm-cli\.c?js$/.test(cli) ? [process.execPath, cli] : ['npm'];
  const shell = first.length === 0 && process.platform === 'win32';
  const { status, error } = spawnSync(command, [...first, ...args], { cwd: ROOT, stdio: 'inherit', shell });
  if (status === 0) return;
  rmSync(TURN, { force: true });
  fail(`npm ${args.join(' ')} failed${error ? ` (${error.message})` : ''}: what stands above says why.`);
}

function takeTurn() {
  mkdirSync(dirname(TURN), { recursive: true });
  const deadlineMs = Date.now() + TURN_WAIT_MAX_MS;
  let told = false;
  while (!tookTurn()) {
    if (Date.now() > deadlineMs)
      fail(`another process has held ${TURN} for ten minutes: remove it if that is wrong.`);
    if (!told) say('waiting for another process that installs or builds');
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TURN_POLL_MS);
  }
}

/** A turn of a process that no longer runs is over. */
function tookTurn() {
  try {
    writeFileSync(TURN, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    process.kill(Number(readFileSync(TURN, 'utf8')), 0);
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(TURN, { force: true });
  }
  return false;
}

function say(text) {
  process.stderr.write(`trainpost: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
