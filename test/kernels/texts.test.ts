import { describe, it } from 'vitest';
import { expectNumber } from './compare.ts';
import { Room } from './room.ts';
import { scanText } from './scanning.ts';
import { expectWord, numberWord, OTHER_WORD } from './stagedWord.ts';

const PLACES = 8_192;
/** Longer texts are not remembered. */
const LENGTH_MAX = 32;

/** Judged texts, and the words that `scan` stages for them. */
class Texts {
  readonly #room = new Room();
  readonly #address: number;

  constructor() {
    this.#address = this.#room.put(new Uint8Array(this.#room.kernels.textsBytes()));
  }

  remember(text: string, word: bigint, column = 0): void {
    this.#room.scope(() => {
      const bytes = Buffer.from(`what stands before the text: ${text} and behind`);
      const at = this.#room.put(bytes) + bytes.indexOf(text, 29);
      const staged = this.#room.put(BigUint64Array.of(word));
      this.#room.kernels.rememberWord(this.#address, at, Buffer.byteLength(text), column, staged);
    });
  }

  /** Returns the word of each text in the first column; undefined: the text is handed out. */
  find(texts: readonly string[], isText = true): (bigint | undefined)[] {
    return this.#scan(texts.map((text) => `${text}\n`).join(''), 1, isText)[0]!;
  }

  /** Returns the word of one text in each column. */
  findInColumns(text: string, columns: number): (bigint | undefined)[] {
    const line = `${Array<string>(columns).fill(text).join(';')}\n`;
    return this.#scan(line, columns, true).map(([word]) => word);
  }

  #scan(lines: string, columns: number, isText: boolean): (bigint | undefined)[][] {
    const endsMax = Math.max(2_048, 8 * columns);
    const textColumns = isText ? [...Array(columns).keys()] : [];
    const options = { columns, textColumns, texts: this.#address, endsMax, spansMax: 3 * endsMax };
    const { words, handedOut } = scanText(this.#room, lines, options);
    const found: (bigint | undefined)[][] = words.map((column) => [...column]);
    for (const { row, column } of handedOut) found[column]![row] = undefined;
    return found;
  }

  expectFound(text: string, expected: bigint | undefined): void {
    expectWord(`the text "${text}"`, this.find([text])[0], expected);
  }
}

describe('rememberWord', () => {
  it.each([
    'a',
    'x1',
    'fifteen letters',
    'sixteen letters!',
    'seventeen letters',
    'ä and ö and ß',
    'just as long as what is allowed.',
  ])('remembers "%s"', (text) => {
    const texts = new Texts();
    texts.expectFound(text, undefined);
    texts.remember(text, numberWord(5, 0));
    texts.expectFound(text, numberWord(5, 0));
    texts.remember(text, OTHER_WORD);
    texts.expectFound(text, OTHER_WORD);
  });

  it('remembers texts in columns of numbers too', () => {
    const texts = new Texts();
    texts.remember('n/a', OTHER_WORD);
    const [word, number] = texts.find(['n/a', '1.5'], false);
    expectWord('n/a', word, OTHER_WORD);
    expectWord('1.5', number, numberWord(15, 1));
  });

  it('keeps the texts of columns apart', () => {
    const texts = new Texts();
    // So many places are taken that some columns share places.
    const columns = 2_000;
    const wordOf = (column: number) => (column % 2 === 0 ? numberWord(column, 0) : undefined);
    for (let column = 0; column < columns; column += 2) texts.remember('red', wordOf(column)!, column);
    for (const [column, word] of texts.findInColumns('red', columns).entries()) {
      expectWord(`the text "red" in column ${column}`, word, wordOf(column));
    }
  });

  it('tells texts apart that differ in one character, or in their length', () => {
    for (const length of [1, 2, 8, 15, 16, 17, 24, 31, LENGTH_MAX]) {
      const text = 'abcdefghijklmnopqrstuvwxyz012345'.slice(0, length);
      const texts = new Texts();
      texts.remember(text, numberWord(1, 0));
      const others = [...text].map((_, at) => `${text.slice(0, at)}#${text.slice(at + 1)}`);
      others.push(`${text}#`, `#${text}`, text.slice(1), text.slice(0, -1));
      const found = texts.find(others);
      for (const [i, other] of others.entries()) {
        const isEmpty = other === '';
        expectWord(`"${other}" beside "${text}"`, isEmpty ? undefined : found[i], undefined);
      }
      texts.expectFound(text, numberWord(1, 0));
    }
  });

  it('forgets only a text whose place a new text takes, and mixes up no texts', () => {
    const texts = new Texts();
    const all = Array.from(
      { length: 3 * PLACES },
      (_, i) => `text ${i}${i % 3 === 0 ? ' of many letters' : ''}`,
    );
    const known = (count: number) =>
      texts.find(all.slice(0, count)).filter((word, i) => {
        if (word !== undefined) expectWord(all[i]!, word, numberWord(i, 0));
        return word !== undefined;
      }).length;
    for (const [i, text] of all.entries()) {
      texts.remember(text, numberWord(i, 0));
      if (i % 1_000 === 0) texts.expectFound(text, numberWord(i, 0));
      // As long as most places are free, no text takes the place of another.
      if (i === PLACES / 8) expectNumber(`texts known of ${i + 1}`, known(i + 1), i + 1);
    }
    const left = known(all.length);
    expectNumber(`texts known of ${all.length}`, left, PLACES, PLACES / 50);
  });

  it('leaves texts of more than 32 bytes, and empty ones, to the caller', () => {
    const texts = new Texts();
    const long = 'x'.repeat(LENGTH_MAX + 1);
    texts.remember(long, numberWord(1, 0));
    texts.remember('', numberWord(2, 0));
    texts.expectFound(long, undefined);
    texts.expectFound(`${'x'.repeat(16)}y${'x'.repeat(16)}`, undefined);
  });
});

describe('textsBytes', () => {
  it('has room for all places, and for the tries behind the last place', () => {
    expectNumber('bytes', new Room().kernels.textsBytes(), (PLACES + 8) * 48);
  });
});
