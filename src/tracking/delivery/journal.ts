import type { ErrorData } from '../../values/errorData.ts';
import type { Clock } from './clock.ts';

/** What MLflow makes anew each time it is asked, and so must be asked for once: `listing` is MLflow 2's `runs/log-model`. */
export type Thing = 'run' | 'model' | 'listing' | 'version';

/** One line of the journal. */
type Note =
  | { readonly attempted: Thing; readonly experimentId?: string }
  | { readonly made: Thing; readonly id: string }
  | { readonly condemned: ErrorData }
  | { readonly pardoned: true }
  | { readonly forgotten: true };

/** Put behind a dead letter's notes when it is put back. */
export const PARDON: readonly Note[] = [{ pardoned: true }];

/** What is known of one thing. */
interface Knowledge {
  /** Whether the attempt is noted. */
  noted: boolean;
  /** MLflow's id of it. */
  id?: string;
  /** It may have been made without our knowing, by a call that ended at this time or before. */
  doubtfulSinceMs?: number;
  /** It was so once, so that there may be two of it. */
  wasDoubtful: boolean;
}

export interface JournalOptions {
  /** What was noted of the record so far. */
  readonly notes: readonly unknown[];
  /** Writes a note, durably. */
  readonly write: (note: unknown) => Promise<void>;
  readonly clock: Clock;
  /** How long a create whose outcome is not known may still land. */
  readonly quarantineMs: number;
  /** When this process took over: what another one attempted cannot have been sent later. */
  readonly takenOverAtMs: number;
}

/** The thing may have been made, and may still turn up: it must not be made before that time. */
export class StillDoubtfulError extends Error {
  readonly untilMs: number;

  constructor(thing: Thing, untilMs: number) {
    super(`The answer to the creation of the ${thing} was lost, and it is looked for.`);
    this.untilMs = untilMs;
  }
}

/**
 * What has been done for one record, as far as it must be known after a crash. Each attempt to make something is noted
 * durably before it is sent; an id is only written with the next attempt, for without it the thing is searched for.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #known = new Map<Thing, Knowledge>();
  #staged: Note[] = [];
  #written: Promise<void> = Promise.resolve();
  #experimentId: string | undefined;
  #condemned: ErrorData | undefined;
  #wasForgotten = false;

  constructor(options: JournalOptions) {
    this.#options = options;
    for (const note of options.notes.flat() as Note[]) this.#read(note);
    for (const knowledge of this.#known.values()) {
      if (knowledge.id !== undefined) continue;
      knowledge.doubtfulSinceMs = options.takenOverAtMs;
      knowledge.wasDoubtful = true;
    }
  }

  /** Where the run was last attempted. */
  get experimentId(): string | undefined {
    return this.#experimentId;
  }

  /** Why the record is to become a dead letter. */
  get condemned(): ErrorData | undefined {
    return this.#condemned;
  }

  /** What may be there twice. */
  get doubted(): Thing[] {
    return [...this.#known].flatMap(([thing, { wasDoubtful }]) => (wasDoubtful ? [thing] : []));
  }

  idOf(thing: Thing): string | undefined {
    return this.#known.get(thing)?.id;
  }

  /** Whether the thing must be searched for before it is made. */
  mayExist(thing: Thing): boolean {
    const knowledge = this.#known.get(thing);
    return knowledge?.id !== undefined || knowledge?.doubtfulSinceMs !== undefined;
  }

  /** @throws StillDoubtfulError while a create that was sent may still land */
  checkQuarantine(thing: Thing): void {
    const since = this.#known.get(thing)?.doubtfulSinceMs;
    if (since === undefined) return;
    const untilMs = since + this.#options.quarantineMs;
    if (this.#options.clock.now() < untilMs) throw new StillDoubtfulError(thing, untilMs);
  }

  /** Notes, durably, that the thing is about to be made. */
  async attempt(thing: Thing, experimentId?: string): Promise<void> {
    const { noted, doubtfulSinceMs } = this.#known.get(thing) ?? { noted: false };
    const isElsewhere = experimentId !== undefined && experimentId !== this.#experimentId;
    // A second attempt of what is in doubt is noted too: from then on there may be two.
    if (noted && doubtfulSinceMs === undefined && !isElsewhere) return;
    await this.#write({ attempted: thing, ...(experimentId !== undefined && { experimentId }) });
  }

  made(thing: Thing, id: string): void {
    if (this.idOf(thing) !== id) this.#staged.push({ made: thing, id });
    this.#read({ made: thing, id });
  }

  /** The create may have been carried out. */
  doubt(thing: Thing): void {
    Object.assign(this.#of(thing), { doubtfulSinceMs: this.#options.clock.now(), wasDoubtful: true });
  }

  /** The create was certainly not carried out, and whatever was in doubt before has been waited for. */
  clear(thing: Thing): void {
    delete this.#of(thing).doubtfulSinceMs;
  }

  /** The record is to become a dead letter, once its run has been ended. */
  async condemn(reason: ErrorData): Promise<void> {
    await this.#write({ condemned: reason });
  }

  /** MLflow has lost everything: begins anew. False: that happened before. */
  async forget(): Promise<boolean> {
    if (this.#wasForgotten) return false;
    await this.#write({ forgotten: true });
    return true;
  }

  async #write(note: Note): Promise<void> {
    const notes = [...this.#staged, note];
    this.#staged = [];
    // One after the other, for things are attempted side by side.
    const written = this.#written.then(() => this.#options.write(notes));
    this.#written = written.catch(() => {});
    await written;
    this.#read(note);
  }

  #read(note: Note): void {
    if ('attempted' in note) {
      const knowledge = this.#of(note.attempted);
      knowledge.wasDoubtful ||= knowledge.noted;
      knowledge.noted = true;
      this.#experimentId = note.experimentId ?? this.#experimentId;
    } else if ('made' in note) {
      const knowledge = this.#of(note.made);
      knowledge.id = note.id;
      delete knowledge.doubtfulSinceMs;
    } else if ('condemned' in note) {
      this.#condemned = note.condemned;
    } else if ('pardoned' in note) {
      this.#condemned = undefined;
    } else {
      this.#known.clear();
      this.#wasForgotten = true;
    }
  }

  #of(thing: Thing): Knowledge {
    const knowledge = this.#known.get(thing) ?? { noted: false, wasDoubtful: false };
    this.#known.set(thing, knowledge);
    return knowledge;
  }
}
