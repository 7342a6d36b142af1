import { alsoThrowing } from '../calls.ts';
import { CallFailedError, CallRefusedError } from '../request.ts';
import type { Journal, Thing } from './journal.ts';

export interface CreateOnceSteps<Made> {
  /** Finds what an earlier call has made. */
  readonly find: () => Promise<Made | undefined>;
  /** The call itself. */
  readonly create: () => Promise<Made>;
  /** MLflow's id of it. */
  readonly idOf: (made: Made) => string;
  /** Asked for before it is made: the id of the experiment that it is made in. */
  readonly experimentId?: () => Promise<string>;
}

/**
 * Makes something that MLflow would make twice if the call were repeated. What may be there is searched for first. Where
 * the outcome of a create is not known and nothing is found, it is not made anew until the quarantine is over, for the
 * call may still be on its way.
 * @throws StillDoubtfulError during the quarantine; what the calls throw
 */
export async function createOnce<Made>(
  journal: Journal,
  thing: Thing,
  steps: CreateOnceSteps<Made>,
): Promise<Made> {
  const { find, create, idOf, experimentId } = steps;
  const settled = (made: Made) => {
    journal.made(thing, idOf(made));
    return made;
  };
  if (journal.mayExist(thing)) {
    const found = await find();
    if (found !== undefined) return settled(found);
    journal.checkQuarantine(thing);
  }
  await journal.attempt(thing, await experimentId?.());
  try {
    return settled(await create());
  } catch (error) {
    if (certainlyNotDone(error)) {
      journal.clear(thing);
      throw error;
    }
    journal.doubt(thing);
    const found = await alsoThrowing(error, find);
    if (found === undefined) throw error;
    return settled(found);
  }
}

/** MLflow refused the call, or it was never sent. An answer that says 200 and makes no sense says nothing of the kind. */
function certainlyNotDone(error: unknown): boolean {
  if (error instanceof CallRefusedError) return error.status >= 300;
  return error instanceof CallFailedError && !error.ambiguous;
}
