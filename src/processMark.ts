import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as it can be found again: numbers are given out anew, so the moment of its start belongs to it. */
export interface ProcessMark {
  readonly pid: number;
  readonly started: string;
}

/** The mark of a process that runs; undefined for one that is gone, or is a zombie, or cannot be asked about. */
export function markOf(pid: number): ProcessMark | undefined {
  const started = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether this very process still runs. */
export function isRunning(mark: ProcessMark): boolean {
  const now = markOf(mark.pid);
  return now !== undefined && now.started === mark.started;
}

/** Fields 3 (state) and 22 (start, in clock ticks since boot) of proc(5)'s stat; field 2, the name, may hold anything. */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 2_000,
    });
    return line.trim() || undefined;
  } catch {
    return undefined;
  }
}
