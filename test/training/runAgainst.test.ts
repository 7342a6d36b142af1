import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Source } from '../../src/engine/engine.ts';
import { cancelled, Watch } from '../../src/engine/watch.ts';
import { DataError, FieldError } from '../../src/errors.ts';
import type { Gates } from '../../src/training/gates.ts';
import { runAgainst } from '../../src/training/runAgainst.ts';
import type { LoadedModel } from '../../src/values/loadedModel.ts';
import type { Plan } from '../../src/values/plan.ts';
import type { Result } from '../../src/values/result.ts';
import { FakeEngine } from '../support/fakeEngine.ts';

const dir = mkdtempSync(join(tmpdir(), 'trainpost-against-'));
afterAll(() => rmSync(dir, { recursive: true }));
const PATH = join(dir, 'train.csv');
const TEST_PATH = join(dir, 'test.csv');
writeFileSync(PATH, 'train');
writeFileSync(TEST_PATH, 'test');

const modelOf = (version: string) =>
  ({ place: { uri: 'models:/R@a', name: 'R', version }, description: { version } }) as unknown as LoadedModel;
const gatesOf = (champion?: LoadedModel): Gates => ({
  gates: [],
  compares: true,
  ...(champion && { champion }),
  logged: {},
});

/** Notes the champion of each run, and the bytes that it was given. */
class NotingEngine extends FakeEngine {
  readonly champions: unknown[] = [];
  readonly intakes: { bytes: string; isEnded: boolean; isReleased: boolean }[] = [];
  /** Called in each run. */
  during: (champion: unknown, watch: Watch) => Promise<void> = async () => undefined;

  override receive(): Source['intake'] {
    const intake = { bytes: '', isEnded: false, isReleased: false };
    this.intakes.push(intake);
    return {
      write: async (bytes) => {
        intake.bytes += Buffer.from(bytes).toString();
      },
      end: () => {
        intake.isEnded = true;
      },
      release: async () => {
        intake.isReleased = true;
      },
    };
  }

  override async run({ intake }: Source, { champion }: Plan, watch: Watch): Promise<Result> {
    this.champions.push((champion as unknown as { version?: string } | undefined)?.version);
    await this.during(champion, watch);
    await intake.release();
    return { chosen: this.champions.length } as Result;
  }
}

function contest(guess: LoadedModel | undefined, asked: Promise<Gates>) {
  const engine = new NotingEngine();
  const test = { path: TEST_PATH, intake: engine.receive() };
  const source = { path: PATH, intake: engine.receive(), test };
  const plan = {} as Plan;
  return { engine, run: () => runAgainst({ engine, source, plan, asked, guess, watch: new Watch() }) };
}

const unmeasurable = new DataError('champion_cannot_be_measured', 'It lacks a column.');

describe('runAgainst', () => {
  it('waits for the answer if no champion is known', async () => {
    const { engine, run } = contest(undefined, Promise.resolve(gatesOf(modelOf('2'))));
    expect((await run()).gates.champion?.place.version).toBe('2');
    expect(engine.champions).toEqual(['2']);
  });

  it('runs while MLflow is asked, and once only if the alias has not moved', async () => {
    let answer!: (gates: Gates) => void;
    const asked = new Promise<Gates>((resolve) => {
      answer = resolve;
    });
    const { engine, run } = contest(modelOf('2'), asked);
    engine.during = async () => answer(gatesOf(modelOf('2')));
    expect((await run()).found.chosen).toBe(1);
    expect(engine.champions).toEqual(['2']);
    expect(engine.intakes).toHaveLength(2);
  });

  it.each([
    ['to another version', modelOf('3'), '3'],
    ['away', undefined, undefined],
  ])('runs again with the same files if the alias has moved %s', async (_, now, version) => {
    const { engine, run } = contest(modelOf('2'), Promise.resolve(gatesOf(now)));
    expect((await run()).found.chosen).toBe(2);
    expect(engine.champions).toEqual(['2', version]);
    expect(engine.intakes.slice(2)).toEqual([
      { bytes: 'train', isEnded: true, isReleased: true },
      { bytes: 'test', isEnded: true, isReleased: true },
    ]);
  });

  it('does not reject a file because of an earlier champion', async () => {
    const { engine, run } = contest(modelOf('2'), Promise.resolve(gatesOf(modelOf('3'))));
    engine.during = async (champion) => {
      if ((champion as { version: string }).version === '2') throw unmeasurable;
    };
    expect((await run()).gates.champion?.place.version).toBe('3');
  });

  it.each([
    ['the champion cannot be measured', modelOf('2'), unmeasurable],
    ['the file is at fault, whichever champion it is', modelOf('3'), new DataError('not_a_number', 'No.')],
  ])('throws the error of the run if %s', async (_, now, error) => {
    const { engine, run } = contest(modelOf('2'), Promise.resolve(gatesOf(now)));
    engine.during = () => Promise.reject(error);
    await expect(run()).rejects.toBe(error);
    expect(engine.champions).toEqual(['2']);
  });

  it('cancels the run if MLflow has no answer, and throws the reason', async () => {
    const reason = new FieldError('foreign_model', 'Not ours.');
    const { engine, run } = contest(modelOf('2'), Promise.reject(reason));
    engine.during = (_, watch) =>
      new Promise((_resolve, reject) => void watch.onCancel(() => reject(cancelled())));
    await expect(run()).rejects.toBe(reason);
  });
});
