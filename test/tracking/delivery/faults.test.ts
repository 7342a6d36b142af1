import { describe, expect, test } from 'vitest';
import type { StandInCall, StandInFault } from '../../support/standInMlflow.ts';
import { Bench, SHORT_TIMEOUT_MS } from './bench.ts';
import { FAULTS, FAULTS_OF_CREATES } from './faultCases.ts';

const RUN = { alias: 'champion', registeredModelName: 'diabetes' };

const CREATES = /^(runs\/create|logged-models|model-versions\/create|runs\/log-model|runs\/update FINISHED)$/;

/** Names of the calls of an undisturbed delivery, in their order. */
async function callsOf(version: string): Promise<string[]> {
  await using bench = await Bench.open({ version });
  const accepted = await bench.log(RUN);
  bench.expectEachOnce([accepted]);
  return [...new Set(bench.standIn.calls.map(({ name }) => name))];
}

/** Does harm to the first calls of a name. */
function harmTo(name: string, fault: StandInFault, times: number) {
  let done = 0;
  return (call: StandInCall) => (call.name === name && done++ < times ? fault : undefined);
}

/** All of a model's files go the same way, and what both versions of MLflow have is tried with one of them. */
const tried3 = (await callsOf('3.17.2')).filter((name) => !/^PUT (?!MLmodel|model.pkl)/.test(name));
const tried2 = (await callsOf('2.22.5')).filter((name) => /create|log-model|MLmodel|FINISHED/.test(name));

describe.concurrent.each([
  ['3.17.2', tried3],
  ['2.22.5', tried2],
])('MLflow %s', (version, calls) => {
  test('has calls', () => {
    expect(calls.length).toBeGreaterThan(5);
  });

  describe.each(calls)('%s', (name) => {
    const isCreate = CREATES.test(name);
    test.each(isCreate ? FAULTS_OF_CREATES : FAULTS)('%s', async (_, fault) => {
      // Five times: more than one try of a call, and more than one try of the delivery.
      for (const times of isCreate ? [1, 5] : [5]) {
        const faultOf = harmTo(name, fault, times);
        await using bench = await Bench.open({ version, faultOf, callTimeoutMs: SHORT_TIMEOUT_MS });
        const accepted = [await bench.accept(RUN), await bench.accept(RUN)];
        bench.clock.at(60_000, () => bench.standIn.landLate());
        await bench.untilDelivered();
        const logged = await Promise.all(accepted.map((one) => one.logged));
        bench.expectEachOnce(accepted);
        expect(logged.map(({ modelVersion }) => modelVersion).sort()).toEqual(['1', '2']);
      }
    });
  });
});
