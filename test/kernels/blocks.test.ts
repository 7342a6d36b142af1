import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  ENTRY,
  ENTRY_BYTES,
  MARK_BYTES,
  MARKS,
  READ,
  SCAN,
  SCAN_BYTES,
  SEALED_BYTES,
  SPAN_BYTES,
} from '../../src/kernels/scanLayout.ts';
import { expectNumber, expectNumbers } from './compare.ts';
import { Room } from './room.ts';
import { type ScanOptions, writeState } from './scanning.ts';
import { expectSealed, segmentBytes } from './sealing.ts';
import { isNotWhole, MISSING_WORD, numberWord, OTHER_WORD, stagedWord } from './stagedWord.ts';

const LF = 0x0a;
const room = new Room();
const aligned = (bytes: number) => Math.ceil(bytes / 16) * 16;

describe('findLines', () => {
  /** Returns the place behind the last of so many line ends, or minus the number of line ends. */
  function plainFindLines(bytes: Uint8Array, lines: number): number {
    let found = 0;
    for (const [at, byte] of bytes.entries()) {
      if (byte === LF) found += 1;
      if (byte === LF && found === lines) return at + 1;
    }
    return 0 - found;
  }

  const expectLines = (text: string, lines: number) =>
    room.scope(() => {
      // `findLines` must not count the line ends before and behind the text.
      const bytes = Buffer.from(`\n${text}\n\n\n`);
      const from = room.put(bytes) + 1;
      const got = room.kernels.findLines(from, from + text.length, lines);
      const expected = plainFindLines(Buffer.from(text), lines);
      expectNumber(`${lines} lines in ${JSON.stringify(text)}`, got > 0 ? got - from : got, expected);
    });

  it.each<[string, number]>([
    ['', 1],
    ['\n', 1],
    ['\n', 2],
    ['a\nb', 1],
    ['a\nb', 2],
    [`${'\n'.repeat(64)}`, 64],
    [`${'\n'.repeat(65)}`, 65],
    [`${'x'.repeat(63)}\n`, 1],
    [`${'x'.repeat(64)}\n`, 1],
  ])('looks through %j for %d lines', expectLines);

  it('finds what a plain loop does', () => {
    const text = fc
      .array(fc.constantFrom('\n', 'a', 'bb', 'c'.repeat(30)), { maxLength: 120 })
      .map((parts) => parts.join(''));
    fc.assert(fc.property(text, fc.integer({ min: 1, max: 60 }), expectLines), { numRuns: 1_000 });
  });
});

/** Reads blocks of text one by one, and returns the results of `readBlock`. */
function readBlocks(
  texts: readonly string[],
  options: ScanOptions,
  known: ReadonlyMap<string, bigint> = new Map(),
) {
  const { columns } = options;
  const rows = Math.max(...texts.map((text) => text.split('\n').length));
  const endsMax = options.endsMax ?? Math.max(128, 8 * columns);
  const textsAt = room.put(new Uint8Array(room.kernels.textsBytes()));
  for (const [text, word] of known) {
    const at = room.put(Buffer.from(`before the text: ${text}`)) + 17;
    room.kernels.rememberWord(textsAt, at, text.length, 0, room.put(BigUint64Array.of(word)));
  }
  const model = writeState(room, { ...options, endsMax, texts: textsAt }, rows);
  const before = room.words(model, SCAN_BYTES / 4).slice();
  const columnBytes = before[SCAN.columnBytes]!;
  const slotBytes = columns * aligned(rows * 8) + 64;
  const resultBytes = aligned(READ.ofColumns + columns * (SEALED_BYTES + MARK_BYTES));
  const scratchBytes =
    SCAN_BYTES + aligned((endsMax + 16) * 4) + endsMax * SPAN_BYTES + columns * aligned(columnBytes);
  const entries = texts.flatMap((text) => {
    const from = room.put(Buffer.from(`;;${'7'.repeat(78)}${text}`)) + 80;
    return [from, from + text.length, text.split('\n').length - 1, 9];
  });
  const entriesAt = room.put(Uint32Array.from(entries));
  const slots = room.take(texts.length * slotBytes);
  const results = room.take(texts.length * resultBytes);
  const scratch = room.take(scratchBytes);
  // The order does not matter, because each block has its own place.
  for (const block of [...texts.keys()].reverse()) {
    room.kernels.readBlock(model, entriesAt, slots, slotBytes, results, resultBytes, block, scratch);
  }
  expectNumbers((i) => `word ${i} of the model`, room.words(model, SCAN_BYTES / 4), before);
  return texts.map((_, block) => {
    const result = results + block * resultBytes;
    const ofColumns = result + READ.ofColumns;
    return {
      isTaken: room.words(entriesAt + block * ENTRY_BYTES, 4)[ENTRY.isTaken]!,
      bytes: room.words(result, 1)[0]!,
      sealed: (column: number) => room.words(ofColumns + column * SEALED_BYTES, SEALED_BYTES / 4),
      notWhole: [...room.bytes(ofColumns + columns * SEALED_BYTES, columns * MARK_BYTES)].filter(
        (_, at) => at % MARK_BYTES === MARKS.notWhole,
      ),
      segments: room.bytes(slots + block * slotBytes, slotBytes),
    };
  });
}

/** Compares blocks with the results of plain loops over their cells. */
function expectBlocks(
  blocks: readonly (readonly (readonly string[])[])[],
  known: ReadonlyMap<string, bigint>,
): void {
  room.scope(() => {
    const columns = blocks[0]![0]!.length;
    const texts = blocks.map((rows) => rows.map((row) => `${row.join(';')}\n`).join(''));
    for (const [i, read] of readBlocks(texts, { columns, textColumns: [0] }, known).entries()) {
      const rows = blocks[i]!;
      expectNumber(`the block ${JSON.stringify(texts[i])}: whether it is taken`, read.isTaken, 1);
      let at = 0;
      for (let column = 0; column < columns; column++) {
        const cells = rows.map((row) => row[column]!);
        const words = cells.map(
          (cell) => known.get(cell) ?? (cell === '' ? MISSING_WORD : stagedWord(cell)!),
        );
        expectSealed(words, read.sealed(column), read.segments.subarray(at));
        at += aligned(segmentBytes(words));
        const notWhole = cells.some((cell) => cell !== '' && !known.has(cell) && isNotWhole(cell)) ? 1 : 0;
        expectNumber(`column ${column} of ${cells}, the mark of doubles`, read.notWhole[column]!, notWhole);
      }
      expectNumber(`the block ${JSON.stringify(texts[i])}: bytes`, read.bytes, at);
    }
  });
}

describe('readBlock', () => {
  const known = new Map([
    ['red', numberWord(0, 0)],
    ['blue', numberWord(1, 0)],
    ['none', OTHER_WORD],
  ]);
  const text = fc.constantFrom('red', 'blue', 'none', '');
  const number = fc.oneof(
    fc.integer({ min: -200, max: 200 }).map(String),
    fc.tuple(fc.integer({ min: -9_999, max: 9_999 }), fc.nat(999)).map((parts) => parts.join('.')),
    fc.constantFrom('', '1e3', '123456789.125'),
  );

  it('reads and packs blocks as plain loops do', () => {
    const blocks = fc.integer({ min: 0, max: 9 }).chain((numbers) => {
      const row = fc.tuple(text, ...Array.from({ length: numbers }, () => number));
      return fc.array(fc.array(row, { minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 3 });
    });
    fc.assert(
      fc.property(blocks, (rows) => expectBlocks(rows, known)),
      { numRuns: 200 },
    );
  });

  it.each([
    ['a text that is not known', 'red;1\ngreen;2\n'],
    ['a cell that is no number', 'red;1\nblue;x\n'],
    ['a known text in another column', 'red;red\n'],
    ['a cell too few', 'red;1\nblue\n'],
    ['a cell too many', 'red;1\nblue;2;3\n'],
    ['a blank line', 'red;1\n\nblue;2\n'],
    ['a line that is too long', `red;${'1'.repeat(60)}\n`],
  ])('does not take a block with %s, and takes its neighbours', (_name, odd) => {
    room.scope(() => {
      const options = { columns: 2, textColumns: [0], lineBytesMax: 50 };
      const read = readBlocks(['red;1\n', odd, 'blue;2\n'], options, known);
      expectNumbers(
        (i) => `whether block ${i} is taken, the odd one being ${JSON.stringify(odd)}`,
        read.map(({ isTaken }) => isTaken),
        [1, 0, 1],
      );
    });
  });
});
