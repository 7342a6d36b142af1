import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CURL, NODE, removeFiles, type Send, table } from '../fixtures/clients/senders.ts';
import { NAMES, REFUSALS } from '../http/clients/expected.ts';
import { CLIENT_TABLE } from '../support/clientTable.ts';
import { ensureVenv, pythonAvailable } from '../support/python.ts';
import { startTestService, type TestService } from '../support/service.ts';

const SCRIPT = join(import.meta.dirname, '../fixtures/clients/send.py');
const PYTHON_TIMEOUT_MS = 100_000;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
beforeEach(() => {
  service.desk.reset();
  service.lines.length = 0;
});
afterAll(async () => {
  await service.close();
  removeFiles();
});

const train = () => `${service.url}/train`;

describe('clients of this machine', () => {
  it.each<[string, Send]>([...Object.entries(CURL), ...Object.entries(NODE)])(
    'are understood as the recorded ones: %s',
    async (name, send) => {
      await send(train());
      await expect.poll(() => service.lines.length).toBe(1);
      const [status, code] = REFUSALS[name] ?? [200];
      expect(service.lines[0]).toMatchObject({ status, ...(code !== undefined && { code }) });
      const names = service.desk.entries.map(({ run }) => run.fileName);
      expect(names).toEqual(status === 200 ? [NAMES[name] ?? 'data'] : []);
    },
  );
});

describe.skipIf(!pythonAvailable)("Python's clients", () => {
  it(
    'are understood as the recorded ones, as far as the environment has them',
    async () => {
      const python = await ensureVenv('reference');
      const printed = await new Promise<string>((done, fail) => {
        const env = { ...process.env, TABLE: table, PYTHONDONTWRITEBYTECODE: '1' };
        const child = execFile(
          python,
          [SCRIPT, train()],
          { env, timeout: PYTHON_TIMEOUT_MS },
          (error, out) => (error ? fail(error) : done(out)),
        );
        child.stdin?.end(CLIENT_TABLE);
      });
      const outcomes: Readonly<Record<string, [number, string]>> = JSON.parse(printed);
      expect(Object.keys(outcomes).filter((name) => name.startsWith('requests: ')).length).toBeGreaterThan(
        10,
      );
      for (const [name, [status, text]] of Object.entries(outcomes)) {
        const { code } = JSON.parse(text);
        expect([name, status, code]).toEqual([name, ...(REFUSALS[name]?.slice(0, 2) ?? [200, undefined])]);
      }
    },
    PYTHON_TIMEOUT_MS,
  );
});
