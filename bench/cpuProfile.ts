import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One function in one place of the call tree. */
export interface Frame {
  readonly name: string;
  /** Path from the package's root, or `node_modules/<package>`. Empty for the work of V8 itself. */
  readonly file: string;
  /** Milliseconds without the functions that it called. */
  self: number;
  /** Milliseconds with the functions that it called. */
  total: number;
  readonly children: Map<string, Frame>;
}

/** The call tree of one thread. */
export interface ThreadProfile {
  readonly thread: number;
  readonly root: Frame;
}

/** The parts of V8's .cpuprofile that this module reads. Times are microseconds of the monotonic clock. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const ROOT = join(import.meta.dirname, '..');
/** V8's name for a thread that waits. */
const WAITING = '(idle)';
/** `CPU.<date>.<time>.<process>.<thread>.<serial>.cpuprofile` */
const FILE = /^CPU\.\d+\.\d+\.\d+\.(\d+)\.\d+\.cpuprofile$/;

/** Reads the profiles that Node's `--cpu-prof` has left in a folder, and keeps only the time from `start` to `end`. */
export function readProfiles(dir: string, start: number, end: number): ThreadProfile[] {
  const profiles = readdirSync(dir).flatMap((name) => {
    const [, thread] = FILE.exec(name) ?? [];
    if (thread === undefined) return [];
    const profile = JSON.parse(readFileSync(join(dir, name), 'utf8')) as CpuProfile;
    return [{ thread: Number(thread), root: toTree(profile, start, end) }];
  });
  return profiles.filter(({ root }) => root.total > 0).sort((a, b) => a.thread - b.thread);
}

function toTree(profile: CpuProfile, start: number, end: number): Frame {
  const parents = new Map<number, number>();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  for (const { id, children = [] } of profile.nodes) for (const child of children) parents.set(child, id);
  const frames = new Map<number, Frame>();
  const root: Frame = { name: 'all', file: '', self: 0, total: 0, children: new Map() };
  const frameOf = (id: number): Frame => {
    const known = frames.get(id);
    if (known !== undefined) return known;
    const parent = parents.get(id);
    const frame = parent === undefined ? root : childOf(frameOf(parent), nodes.get(id)!.callFrame);
    frames.set(id, frame);
    return frame;
  };
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    // A sample stands for the time until the next sample.
    at += profile.timeDeltas[index]!;
    const next = at + (profile.timeDeltas[index + 1] ?? 0);
    const ms = (Math.min(next, end) - Math.max(at, start)) / 1000;
    if (ms > 0 && nodes.get(id)!.callFrame.functionName !== WAITING) frameOf(id).self += ms;
  }
  sum(root);
  return root;
}

function childOf(parent: Frame, { functionName, url }: CpuProfile['nodes'][number]['callFrame']): Frame {
  const name = functionName || '(anonymous)';
  const file = place(url);
  const key = `${name} ${file}`;
  const known = parent.children.get(key);
  if (known !== undefined) return known;
  const frame: Frame = { name, file, self: 0, total: 0, children: new Map() };
  parent.children.set(key, frame);
  return frame;
}

function place(url: string): string {
  const path = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url;
  const [, packageName] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path) ?? [];
  return packageName === undefined ? path.replace(/^dist\//, 'src/') : `node_modules/${packageName}`;
}

function sum(frame: Frame): number {
  frame.total = frame.self;
  for (const child of frame.children.values()) frame.total += sum(child);
  return frame.total;
}

/** The own time of each function in the whole tree, longest first. */
export function selfTimes(root: Frame): { name: string; file: string; ms: number }[] {
  const times = new Map<string, { name: string; file: string; ms: number }>();
  const walk = ({ name, file, self, children }: Frame) => {
    const key = `${name} ${file}`;
    const entry = times.get(key) ?? { name, file, ms: 0 };
    entry.ms += self;
    times.set(key, entry);
    for (const child of children.values()) walk(child);
  };
  walk(root);
  return [...times.values()].sort((a, b) => b.ms - a.ms);
}
