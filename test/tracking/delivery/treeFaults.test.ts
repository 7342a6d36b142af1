import { describe, expect, test } from 'vitest';
import { drawn } from '../../support/draws.ts';
import type { StandInCall, StandInFault } from '../../support/standInMlflow.ts';
import { Bench, SHORT_TIMEOUT_MS } from './bench.ts';
import { FAULTS, FAULTS_OF_CREATES } from './faultCases.ts';
import { expectWholeTrees, nodeOf, sampleTree } from './trees.ts';

const CHILDREN = 3;
const CREATES = /(runs\/create|logged-models|model-versions\/create|runs\/log-model|runs\/update F\w+)$/;
/** The root's other calls are those of a training without children. */
const TRIED = /^c\d |^root (runs\/create|runs\/update FINISHED)$/;

const named = ({ standIn }: Bench, call: StandInCall) => `${nodeOf(standIn, call)} ${call.name}`;

/** The calls of an undisturbed delivery, each with its node. */
async function callsOf(version: string): Promise<string[]> {
  const calls = new Set<string>();
  await using bench = await Bench.open({
    version,
    beforeCall: (call) => {
      calls.add(named(bench, call));
    },
  });
  const recorded = sampleTree(CHILDREN);
  await bench.acceptTree(recorded);
  await bench.untilDelivered();
  expectWholeTrees(bench.standIn, [recorded.tree]);
  return [...calls];
}

/** All of a model's files go the same way. */
const isTried = (name: string) => TRIED.test(name) && !/PUT (?!MLmodel|report)/.test(name);
const tried3 = (await callsOf('3.17.2')).filter(isTried);
const tried2 = (await callsOf('2.22.5')).filter(
  (name) => isTried(name) && /create|log-model|update/.test(name),
);

/** Every create, and a share of the other calls. */
function drawnOf(calls: readonly string[]): string[] {
  const others = calls.filter((name) => !CREATES.test(name));
  return [...calls.filter((name) => CREATES.test(name)), ...drawn(others, 1 / 3)];
}

describe.concurrent.each([
  ['3.17.2', drawnOf(tried3)],
  ['2.22.5', drawnOf(tried2)],
])('MLflow %s', (version, calls) => {
  test('has calls', () => {
    expect(calls.length).toBeGreaterThan(8);
  });

  describe.each(calls)('%s', (name) => {
    const isCreate = CREATES.test(name);
    // What is not made anew each time is tried by those that differ most.
    const faults = isCreate ? FAULTS_OF_CREATES : FAULTS.filter(([, fault]) => typeof fault !== 'object');
    test.each(faults)('%s', async (_, fault: StandInFault) => {
      let harmed = 0;
      await using bench = await Bench.open({
        version,
        callTimeoutMs: SHORT_TIMEOUT_MS,
        // Twice: the try of the delivery after the first one is disturbed as well.
        faultOf: (call) => (named(bench, call) === name && harmed++ < 2 ? fault : undefined),
      });
      const trees = [sampleTree(CHILDREN)];
      const [accepted] = await Promise.all(trees.map((tree) => bench.acceptTree(tree)));
      bench.clock.at(60_000, () => bench.standIn.landLate());
      await bench.untilDelivered();
      await accepted!.logged;
      // A delivery that did not wait is over before the calls land.
      bench.standIn.landLate();
      expect(harmed).toBeGreaterThan(0);
      expectWholeTrees(
        bench.standIn,
        trees.map(({ tree }) => tree),
      );
    });
  });
});
