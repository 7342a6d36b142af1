import type { ErrorData } from '../../values/errorData.ts';
import type { Clock } from './clock.ts';

/** MLflow makes a new one of these at each request. `listing` is the entry that MLflow 2's `runs/log-model` adds. */
type Kind = 'run' | 'model' | 'listing' | 'version';

/** Something that must be made once, by the key of its node: `root/run`, `c3/model`. */
export type Thing = `${string}/${Kind}`;

/** One line of the journal. Version 1 knew the root only, and named its things `run`, `model`, `listing`, `version`. */
type Note =
  | { readonly attempted: Thing | Kind; readonly experimentId?: string }
  | { readonly made: Thing | Kind; readonly id: string }
  /** Somebody deleted the run of this node in MLflow. */
  | { readonly deleted: string }
  | { readonly condemned: ErrorData }
  | { readonly pardoned: true }
  /** The key of a node, or true for all nodes. */
  | { readonly forgotten: string | true };

/** The note that follows the others of a dead letter when somebody retries it. */
export const PARDON: readonly Note[] = [{ pardoned: true }];

/** What is known of one thing. */
interface Knowledge {
  /** Whether the attempt is noted. */
  noted: boolean;
  /** MLflow's id. */
  id?: string;
  /** A call that ended at this time, or before, may have made the thing without our knowledge. */
  doubtfulSinceMs?: number;
  /** The thing was in doubt once, so there may be two. */
  wasDoubtful: boolean;
}

export interface JournalOptions {
  /** All notes of the record so far. */
  readonly notes: readonly unknown[];
  /** Writes a note, durably. */
  readonly write: (note: unknown) => Promise<void>;
  readonly clock: Clock;
  /** How long MLflow may still carry out a create whose outcome is unknown. */
  readonly quarantineMs: number;
  /** When this process took over. A process before it cannot have sent anything later. */
  readonly takenOverAtMs: number;
}

/** The thing may exist and not be found yet. It must not be made before `untilMs`. */
export class StillDoubtfulError extends Error {
  readonly untilMs: number;

  constructor(thing: Thing, untilMs: number) {
    const { node, kind } = partsOf(thing);
    const what = node === 'root' ? kind : `${kind} of ${node}`;
    super(`The response to the creation of the ${what} was lost. trainpost searches MLflow for it.`);
    this.untilMs = untilMs;
  }
}

/** The thing that a note names. */
export function thingOf(name: string): Thing {
  return (name.includes('/') ? name : `root/${name}`) as Thing;
}

function partsOf(thing: Thing): { readonly node: string; readonly kind: string } {
  const [node = '', kind = ''] = thing.split('/');
  return { node, kind };
}

/**
 * What has been done for one record, as far as the next process must know. The journal notes each attempt durably before
 * the call is sent. It writes an id with the next attempt only: without the id, the thing is searched for.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #known = new Map<Thing, Knowledge>();
  readonly #deleted = new Set<string>();
  /** Keys of nodes that this process has seen whole. Nothing on the disk says so: another process looks again. */
  readonly #whole = new Set<string>();
  readonly #forgotten = new Set<string | true>();
  #staged: Note[] = [];
  #written: Promise<void> = Promise.resolve();
  #experimentId: string | undefined;
  #condemned: ErrorData | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
    for (const note of options.notes.flat() as Note[]) this.#read(note);
    for (const knowledge of this.#known.values()) {
      if (knowledge.id !== undefined) continue;
      knowledge.doubtfulSinceMs = options.takenOverAtMs;
      knowledge.wasDoubtful = true;
    }
  }

  /** The experiment in which the root's run was last attempted. */
  get experimentId(): string | undefined {
    return this.#experimentId;
  }

  /** Why the record becomes a dead letter. */
  get condemned(): ErrorData | undefined {
    return this.#condemned;
  }

  /** Things of which there may be two. */
  get doubted(): Thing[] {
    return [...this.#known].flatMap(([thing, { wasDoubtful }]) => (wasDoubtful ? [thing] : []));
  }

  /** Keys of the nodes whose runs somebody deleted. */
  get deleted(): string[] {
    return [...this.#deleted];
  }

  idOf(thing: Thing): string | undefined {
    return this.#known.get(thing)?.id;
  }

  /** Whether the thing must be searched for before it is made. */
  mayExist(thing: Thing): boolean {
    const knowledge = this.#known.get(thing);
    return knowledge?.id !== undefined || knowledge?.doubtfulSinceMs !== undefined;
  }

  /** @throws StillDoubtfulError while MLflow may still carry out a create that was sent */
  checkQuarantine(thing: Thing): void {
    const since = this.#known.get(thing)?.doubtfulSinceMs;
    if (since === undefined) return;
    const untilMs = since + this.#options.quarantineMs;
    if (this.#options.clock.now() < untilMs) throw new StillDoubtfulError(thing, untilMs);
  }

  /** Notes, durably and with one write, that these things are about to be made. */
  async attempt(things: readonly Thing[], experimentId?: string): Promise<void> {
    const isElsewhere = experimentId !== undefined && experimentId !== this.#experimentId;
    const notes = things
      .filter((thing) => isElsewhere || this.#isUnnoted(thing))
      .map((attempted) => ({ attempted, ...(experimentId !== undefined && { experimentId }) }));
    if (notes.length > 0) await this.#write(notes);
  }

  made(thing: Thing, id: string): void {
    if (this.idOf(thing) !== id) this.#staged.push({ made: thing, id });
    this.#read({ made: thing, id });
  }

  /** MLflow may have carried out the create. */
  doubt(thing: Thing): void {
    Object.assign(this.#of(thing), { doubtfulSinceMs: this.#options.clock.now(), wasDoubtful: true });
  }

  /** MLflow has certainly not carried out the create, and the quarantine of any create before it is over. */
  clear(thing: Thing): void {
    delete this.#of(thing).doubtfulSinceMs;
  }

  /** Whether the node needs no more calls. */
  isWhole(node: string): boolean {
    return this.#whole.has(node);
  }

  seenWhole(node: string): void {
    this.#whole.add(node);
  }

  /** Notes that somebody deleted the run of a node. The run is not made again. */
  async noteDeleted(node: string): Promise<void> {
    if (!this.#deleted.has(node)) await this.#write([{ deleted: node }]);
  }

  /** Somebody has restored the run. A process that reads the old note finds the run again, as this one did. */
  noteRestored(node: string): void {
    this.#deleted.delete(node);
  }

  /** The record becomes a dead letter, once its runs are ended. */
  async condemn(reason: ErrorData): Promise<void> {
    await this.#write([{ condemned: reason }]);
  }

  /**
   * MLflow has lost a node, or the whole tree: begins again.
   * @returns false if that has happened before
   */
  async forget(lost: string | true): Promise<boolean> {
    if (this.#forgotten.has(lost)) return false;
    await this.#write([{ forgotten: lost }]);
    return true;
  }

  /** A second attempt of a thing in doubt is noted too: from then on there may be two. */
  #isUnnoted(thing: Thing): boolean {
    const { noted, doubtfulSinceMs } = this.#known.get(thing) ?? { noted: false };
    return !noted || doubtfulSinceMs !== undefined;
  }

  async #write(written: readonly Note[]): Promise<void> {
    const notes = [...this.#staged, ...written];
    this.#staged = [];
    // One write after the other, because things are attempted side by side.
    const done = this.#written.then(() => this.#options.write(notes));
    this.#written = done.catch(() => {});
    await done;
    for (const note of written) this.#read(note);
  }

  #read(note: Note): void {
    if ('attempted' in note) {
      const knowledge = this.#of(thingOf(note.attempted));
      knowledge.wasDoubtful ||= knowledge.noted;
      knowledge.noted = true;
      this.#experimentId = note.experimentId ?? this.#experimentId;
    } else if ('made' in note) {
      const knowledge = this.#of(thingOf(note.made));
      knowledge.id = note.id;
      delete knowledge.doubtfulSinceMs;
    } else if ('deleted' in note) {
      this.#deleted.add(note.deleted);
    } else if ('condemned' in note) {
      this.#condemned = note.condemned;
    } else if ('pardoned' in note) {
      this.#condemned = undefined;
    } else {
      this.#forget(note.forgotten);
    }
  }

  #forget(lost: string | true): void {
    this.#forgotten.add(lost);
    for (const thing of [...this.#known.keys()]) {
      if (lost === true || partsOf(thing).node === lost) this.#known.delete(thing);
    }
    if (lost === true) this.#whole.clear();
  }

  #of(thing: Thing): Knowledge {
    const knowledge = this.#known.get(thing) ?? { noted: false, wasDoubtful: false };
    this.#known.set(thing, knowledge);
    return knowledge;
  }
}
