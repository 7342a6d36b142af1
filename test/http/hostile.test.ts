import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log/logger.ts';
import { drawn } from '../support/draws.ts';
import { RawClient, type RawOutcome } from '../support/rawHttp.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { FORMS } from './hostile/forms.ts';
import { FRAMING } from './hostile/framing.ts';
import { mutations } from './hostile/mutations.ts';
import { NAMES } from './hostile/names.ts';
import { NAUGHTY_TEXTS } from './hostile/naughty.ts';
import { CELL, COLUMN, DRY, END, FIELD, file, type Hostile, post, TOKEN } from './hostile/requests.ts';

const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_261_124);
const MUTATIONS = Number(process.env['HOSTILE_MUTATIONS'] ?? 1_500);
/** Texts that are sent in headers, fields and cells. */
const SECRETS = new RegExp([TOKEN, CELL, COLUMN, FIELD, 'koala', 'Bearer', 'evil'].join('|'));
const UNPRINTABLE = /(?!\n$)[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;
/** Requests that are sent at the same time, each on its own connection. */
const AT_ONCE = 8;
/** Wrong responses that a failing test shows. */
const SHOWN_MAX = 10;
const GROUPS: Readonly<Record<string, readonly Hostile[]>> = {
  ...FRAMING,
  ...FORMS,
  ...NAMES,
  'naughty texts': drawn(NAUGHTY_TEXTS, 1 / 3),
  'randomly changed requests': mutations(MUTATIONS, SEED),
};

let service: TestService;
let raw: RawClient;
/** The log as a log collector gets it, and as a terminal shows it. */
const lines: string[] = [];
const shown: string[] = [];
beforeAll(async () => {
  const collected = createLogger('trace', { write: (line) => void lines.push(line) });
  const readable = createLogger('trace', { isTTY: true, write: (text) => void shown.push(text) });
  const both = {
    write: (line: string) => {
      const { msg, level: _level, time: _time, ...rest } = JSON.parse(line);
      collected.logger.warn(rest, msg);
      readable.logger.warn(rest, msg);
    },
  };
  service = await startTestService({
    logger: pino({ level: 'trace', base: null }, both),
    access: { allowedHosts: [], token: TOKEN },
  });
  raw = new RawClient(service.server);
});
afterAll(() => service.close());

interface Told {
  readonly hostile: Hostile;
  readonly outcome: RawOutcome;
}

/** Sends all requests, `AT_ONCE` at a time, and returns the outcomes in the order of the requests. */
async function sendAll(requests: readonly Hostile[]): Promise<Told[]> {
  const told: Told[] = [];
  let next = 0;
  const sender = async () => {
    while (next < requests.length) {
      const i = next++;
      const hostile = requests[i] as Hostile;
      told[i] = { hostile, outcome: await raw.send(hostile.bytes) };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return told;
}

const anyOf = (one: number | readonly number[]) => (typeof one === 'number' ? [one] : one);

/** What is wrong with an outcome; undefined if it is right. */
function wrong({
  hostile: { name, bytes, told },
  outcome: { answers, rest, end },
}: Told): object | undefined {
  const statuses = answers.map(({ status }) => status);
  const allowed = told
    ? told.length === statuses.length && told.every((one, i) => anyOf(one).includes(statuses[i] as number))
    : statuses.every((status) => status === 100 || (status >= 200 && status < 500));
  const problems = answers.every(
    ({ status, headers, body }) =>
      status < 400 ||
      (headers['content-type']?.startsWith('application/problem+json') &&
        (body === '' || JSON.parse(body).status === status)),
  );
  if (allowed && problems && rest === '' && end === 'closed') return undefined;
  return {
    name,
    statuses,
    told,
    rest,
    end,
    codes: answers.map(({ body }) => body.slice(0, 300)),
    sent: bytes.toString('latin1').slice(0, 300),
  };
}

const connections = () =>
  new Promise((resolve) => service.server.getConnections((_error, count) => resolve(count)));

/** Checks that the log has a line for each response, and repeats nothing that was sent except the path. */
function checkLog(told: readonly Told[]): void {
  const ids = new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id));
  const answered = told
    .flatMap(({ outcome }) => outcome.answers)
    .flatMap(({ headers }) => headers['request-id'] ?? []);
  expect(ids.size).toBe(lines.length);
  expect(answered.filter((id) => !ids.has(id))).toEqual([]);
  for (const line of [...lines, ...shown]) expect(line).not.toMatch(UNPRINTABLE);
  expect(shown).toHaveLength(lines.length);
  for (const line of lines) {
    const { path: _, msg: __, ...rest } = JSON.parse(line);
    expect(JSON.stringify(rest)).not.toMatch(SECRETS);
  }
}

async function trains(): Promise<void> {
  const { answers } = await raw.send(post(file() + DRY + END));
  expect(answers.map(({ status, body }) => [status, JSON.parse(body).would_train])).toEqual([[200, true]]);
}

describe('hostile requests', () => {
  it('are at least 5,000', () => {
    const { 'naughty texts': _, ...others } = GROUPS;
    const all = [...NAUGHTY_TEXTS, ...Object.values(others).flat()];
    expect(all.length).toBeGreaterThanOrEqual(5_000);
  });

  it.each(Object.keys(GROUPS))(
    'of the group "%s" all get a response below 500, and the next training works',
    async (group) => {
      lines.length = 0;
      shown.length = 0;
      const told = await sendAll(GROUPS[group] as readonly Hostile[]);
      const mistakes = told.map(wrong).filter((one) => one !== undefined);
      expect(mistakes.slice(0, SHOWN_MAX), `${mistakes.length} responses are wrong`).toEqual([]);
      await trains();
      await expect.poll(() => service.uploads()).toEqual([]);
      await expect.poll(connections).toBe(0);
      checkLog(told);
    },
  );
});
