import { fromData, UnavailableError } from '../../errors.ts';
import type { Kept } from '../../values/delivery.ts';
import type { RecordedTree, RunTree } from '../tree.ts';
import { filesOfV1, isV1, type OutcomeV1, outcomeOfV1, treeOfV1 } from './documentV1.ts';
import type { DeliveryOutcome } from './outcome.ts';
import type { RecordSummary, StoredRecord } from './recordStore.ts';

/** What the store keeps of a training, beside its files. */
export interface RecordDocument extends Kept {
  readonly tree: RunTree;
}

/**
 * The document of a record that was found.
 * @throws StorageError `record_damaged`, UnavailableError `record_version`
 */
export function readSummary({ unreadable, document }: RecordSummary): RecordDocument {
  if (unreadable !== undefined) throw fromData(unreadable);
  return readDocument(document);
}

/** The tree of a whole record, with its files. @throws UnavailableError `record_version` */
export function readTree({ document, files }: StoredRecord): RecordedTree {
  const { tree } = readDocument(document);
  return { tree, files: isV1(document) ? filesOfV1(files) : files };
}

/** Reads an outcome in the form of this version or of version 1; undefined if there is none. */
export function readOutcome(outcome: unknown): DeliveryOutcome | undefined {
  if (typeof outcome !== 'object' || outcome === null) return undefined;
  return 'made' in outcome ? (outcome as DeliveryOutcome) : outcomeOfV1(outcome as OutcomeV1);
}

/** @throws UnavailableError `record_version` */
function readDocument(document: unknown): RecordDocument {
  if (isV1(document)) {
    const { record, ...kept } = document;
    return { ...kept, tree: treeOfV1(record) };
  }
  const { tree } = (document ?? {}) as { readonly tree?: { readonly version?: unknown } };
  if (tree?.version !== 2) throw unknownVersion(versionIn(document));
  return document as RecordDocument;
}

/** The version number, wherever a form of the document has it. */
function versionIn(document: unknown): unknown {
  type Versioned = { readonly version?: unknown };
  const { tree, record, version } = (document ?? {}) as Versioned & { tree?: Versioned; record?: Versioned };
  return tree?.version ?? record?.version ?? version;
}

function unknownVersion(version: unknown): UnavailableError {
  const named = typeof version === 'number' ? `version ${version}` : 'an unknown version';
  return new UnavailableError(
    'record_version',
    `This record has ${named}, but this trainpost reads the versions 1 and 2: start the trainpost that wrote the record, or a later one, to deliver it.`,
  );
}
