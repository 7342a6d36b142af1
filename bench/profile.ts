import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ours } from './contestants.ts';
import { readProfiles, selfTimes, type ThreadProfile } from './cpuProfile.ts';
import { flameGraph } from './flameGraph.ts';
import { dataFile } from './largeData.ts';
import { table } from './statistics.ts';

const ROWS = 1_000_000;
const SVG = join(import.meta.dirname, 'profile.svg');
const INTERVAL_US = 500;
const WARM_UP = 2;
/** The table leaves out functions that take less than this share of the whole request. */
const SHARE_MIN = 0.01;

/** Profiles one training of a million rows, by thread and function. Writes the flame graph beside this file. */
export async function profile(): Promise<string> {
  const path = dataFile({ kind: 'ordinary', rows: ROWS });
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-profile-'));
  try {
    const ours = await Ours.start([
      '--cpu-prof',
      `--cpu-prof-dir=${dir}`,
      `--cpu-prof-interval=${INTERVAL_US}`,
    ]);
    for (let round = 0; round < WARM_UP; round += 1) await ours.train(path);
    const startedAt = microseconds();
    const { wholeMs, afterLastByteMs, stages } = await ours.train(path);
    const endedAt = microseconds();
    await ours.lines.stop();
    const threads = readProfiles(dir, startedAt, endedAt);
    const title = `One POST /train of ${ROWS.toLocaleString('en')} rows x 9: ${wholeMs.toFixed(0)} ms, ${afterLastByteMs.toFixed(0)} ms of them after the last byte`;
    writeFileSync(SVG, flameGraph(title, threads));
    const said = Object.entries(stages).map(([name, ms]) => `${name} ${ms.toFixed(0)}`);
    return [
      `${title} (Node ${process.versions.node}, sampled every ${INTERVAL_US / 1000} ms, which also takes time).`,
      `By the service's own clock: ${said.join(', ')} ms. As a flame graph: [profile.svg](profile.svg).`,
      '',
      table(
        ['thread', 'function', 'in', 'ms of its own'],
        threads.flatMap((thread) => rowsOf(thread, wholeMs)),
      ),
    ].join('\n');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Microseconds by the clock that V8 uses for its samples. */
const microseconds = () => Number(process.hrtime.bigint() / 1000n);

function rowsOf({ thread, root }: ThreadProfile, wholeMs: number): string[][] {
  const label = thread === 0 ? 'main' : String(thread);
  const times = selfTimes(root).filter(({ ms }) => ms >= SHARE_MIN * wholeMs);
  const rest = root.total - times.reduce((sum, { ms }) => sum + ms, 0);
  return [
    ...times.map(({ name, file, ms }) => [label, `\`${name}\``, file, ms.toFixed(1)]),
    [label, 'everything else', '', rest.toFixed(1)],
  ];
}
