import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const DIABETES = join(import.meta.dirname, '../../data/diabetes.csv');

export type Env = Readonly<Record<string, string>>;

/** A repository that uses the examples: its folder has `ci/train.sh`, `ci/note.sh` and `data/train.csv`. */
export class Repository {
  readonly folder = mkdtempSync(join(tmpdir(), 'trainpost-ci-'));

  constructor() {
    for (const folder of ['ci', 'data']) mkdirSync(join(this.folder, folder));
    copyFileSync(join(EXAMPLES, 'train.sh'), join(this.folder, 'ci/train.sh'));
    copyFileSync(join(EXAMPLES, 'gitlab/note.sh'), join(this.folder, 'ci/note.sh'));
    copyFileSync(DIABETES, join(this.folder, 'data/train.csv'));
  }

  /** Runs a script in the folder, as a CI system does: with no variables but these. */
  run(script: string, env: Env): Promise<{ readonly code: number | null; readonly out: string }> {
    const { PATH = '' } = process.env;
    const child = spawn('sh', ['-e', '-c', script], { cwd: this.folder, env: { PATH, ...env } });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        out += chunk;
      });
    }
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export function readExample(path: string): string {
  return readFileSync(join(EXAMPLES, path), 'utf8');
}
