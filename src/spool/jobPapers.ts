import { createHash } from 'node:crypto';
import { StorageError, UnavailableError } from '../errors.ts';
import type { JobEnd, Ticket } from '../jobs/jobStore.ts';
import type { ErrorData } from '../values/errorData.ts';

/** The version that is written into each file. A new form gets a higher version. */
const VERSION = 1;

/** What `ticket.json` says. */
export interface TicketPaper {
  readonly id: string;
  readonly ticket: Ticket;
  /** Lengths of the job's files by name, in bytes. */
  readonly bytes: Readonly<Record<string, number>>;
}

/** What stands in `ticket.json` or `end.json`. The SHA-256 is that of the content as JSON without spaces. */
interface Paper {
  readonly version: number;
  readonly sha256: string;
  readonly content: unknown;
}

export function encodePaper(content: TicketPaper | JobEnd): Buffer {
  const paper: Paper = { version: VERSION, sha256: digestOf(content), content };
  return Buffer.from(`${JSON.stringify(paper)}\n`);
}

/** Reads `ticket.json`. @throws StorageError `job_damaged`, UnavailableError `job_version` */
export function decodeTicket(bytes: Buffer, id: string): TicketPaper {
  const paper = decodePaper(bytes, 'ticket.json') as TicketPaper;
  if (paper.id !== id) throw damaged(`it has the ticket of job ${paper.id}`);
  return paper;
}

/** Reads `end.json`. @throws StorageError `job_damaged`, UnavailableError `job_version` */
export function decodeEnd(bytes: Buffer): JobEnd {
  return decodePaper(bytes, 'end.json') as JobEnd;
}

function decodePaper(bytes: Buffer, name: string): unknown {
  const paper = parse(bytes);
  if (typeof paper?.version !== 'number') throw damaged(`${name} cannot be read`);
  if (paper.version !== VERSION) throw ofOtherVersion(paper.version);
  if (paper.content === undefined || digestOf(paper.content) !== paper.sha256) {
    throw damaged(`${name} does not match its checksum`);
  }
  return paper.content;
}

function parse(bytes: Buffer): Partial<Paper> | undefined {
  try {
    return (JSON.parse(bytes.toString()) ?? undefined) as Partial<Paper> | undefined;
  } catch {
    return undefined;
  }
}

function digestOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

export function damaged(reason: string): StorageError {
  return new StorageError(
    'job_damaged',
    `This job is damaged: ${reason}. Check the disk, and send the job again.`,
  );
}

function ofOtherVersion(version: number): UnavailableError {
  return new UnavailableError(
    'job_version',
    `The file of this job has version ${version}, and this trainpost reads version ${VERSION}. The job stays as it is: to do it, start the trainpost that wrote it, or a later one.`,
  );
}

/** Why a job cannot be read. Other errors are undefined. */
export function whyUnreadable(error: unknown): 'damaged' | 'of other version' | undefined {
  const { code } = error as Partial<ErrorData>;
  if (error instanceof StorageError && code === 'job_damaged') return 'damaged';
  return error instanceof UnavailableError && code === 'job_version' ? 'of other version' : undefined;
}
