import { CallFailedError, CallRefusedError } from '../callErrors.ts';
import { alsoThrowing } from '../calls.ts';
import type { Journal, Thing } from './journal.ts';

export interface CreateOnceSteps<Made> {
  /** Finds what an earlier call has made. */
  readonly find: () => Promise<Made | undefined>;
  /** The call itself. */
  readonly create: () => Promise<Made>;
  /** MLflow's id of the thing. */
  readonly idOf: (made: Made) => string;
  /** Id of the experiment in which the thing is made; asked for before the attempt is noted. */
  readonly experimentId?: () => Promise<string>;
}

/**
 * Makes something of which MLflow would make a second one if the call were repeated: searches, notes the attempt, creates.
 * If the outcome of a create is unknown and the search finds nothing, the call may still be on its way. So the thing is
 * not made again until the quarantine is over.
 * @throws StillDoubtfulError during the quarantine; what the calls throw
 */
export async function createOnce<Made>(
  journal: Journal,
  thing: Thing,
  steps: CreateOnceSteps<Made>,
): Promise<Made> {
  const found = await findMade(journal, thing, steps);
  if (found !== undefined) return found;
  await journal.attempt([thing], await steps.experimentId?.());
  return createNoted(journal, thing, steps);
}

/**
 * Finds what an earlier call has made, if the journal knows of such a call.
 * @throws StillDoubtfulError during the quarantine
 */
export async function findMade<Made>(
  journal: Journal,
  thing: Thing,
  { find, idOf }: Pick<CreateOnceSteps<Made>, 'find' | 'idOf'>,
): Promise<Made | undefined> {
  if (!journal.mayExist(thing)) return undefined;
  const found = await find();
  if (found === undefined) journal.checkQuarantine(thing);
  else journal.made(thing, idOf(found));
  return found;
}

/** Makes a thing whose attempt is noted. After a response that leaves the outcome open, the thing is searched for. */
export async function createNoted<Made>(
  journal: Journal,
  thing: Thing,
  { find, create, idOf }: CreateOnceSteps<Made>,
): Promise<Made> {
  const settled = (made: Made) => {
    journal.made(thing, idOf(made));
    return made;
  };
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

/** MLflow rejected the call, or the call was never sent. A response with status 200 that makes no sense proves neither. */
function certainlyNotDone(error: unknown): boolean {
  if (error instanceof CallRefusedError) return error.status >= 300;
  return error instanceof CallFailedError && !error.ambiguous;
}
