import { type NumberForm, numberOf, withoutGroups } from './column.ts';
import { COMMA_PROOF, POINT_PROOF, SHAPES, shapesOf } from './numberShapes.ts';

/**
 * The signs of a file's numbers while the file is read.
 * Without proof in the first rows, the decimal sign stays open until a cell proves it. Until then a cell in doubt, such
 * as `1,234`, is no number.
 */
export class NumberSigns {
  #form: NumberForm;
  #isOpen: boolean;
  #passed = 0;
  #oddGroup: string | undefined;
  readonly #onSettled: () => void;

  /** @param onSettled called when a cell proves the decimal sign */
  constructor(form: NumberForm, isOpen = false, onSettled: () => void = () => undefined) {
    this.#form = form;
    this.#isOpen = isOpen;
    this.#onSettled = onSettled;
  }

  get form(): NumberForm {
    return this.#form;
  }

  /** Whether no cell has proved the decimal sign yet. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether cells were passed over as doubtful that are numbers by the sign that was proved later. */
  get hasPassed(): boolean {
    const doubt = this.#form.decimalComma ? SHAPES.commaDoubt : SHAPES.pointDoubt;
    return !this.#isOpen && (this.#passed & doubt) !== 0;
  }

  /** First cell whose groups of digits are not groups of thousands. */
  get oddGroup(): string | undefined {
    return this.#oddGroup;
  }

  /** Returns a cell without the signs between groups of digits. */
  plain(cell: string): string {
    const { thousands } = this.#form;
    if (thousands === undefined) return cell;
    const plain = withoutGroups(cell, thousands);
    if (plain !== cell && this.#oddGroup === undefined && !hasUsualGroups(cell, thousands))
      this.#oddGroup = cell;
    return plain;
  }

  /** The number in a cell without groups, NaN if the cell is not a number or in doubt. */
  numberOf(plain: string): number {
    if (this.#isOpen && /[.,]/.test(plain) && !this.#isProof(plain)) return Number.NaN;
    return numberOf(plain, this.#form.decimalComma);
  }

  #isProof(cell: string): boolean {
    const shapes = shapesOf(cell);
    if ((shapes & (COMMA_PROOF | POINT_PROOF)) === 0) {
      this.#passed |= shapes;
      return false;
    }
    this.#form = { ...this.#form, decimalComma: (shapes & COMMA_PROOF) !== 0 };
    this.#isOpen = false;
    this.#onSettled();
    return true;
  }
}

/** Whether the last group of the whole part has three digits, and the others two (as in India) or three. */
function hasUsualGroups(cell: string, thousands: string): boolean {
  const [first = '', ...groups] = cell.trim().replace(/^[+-]/, '').split(thousands);
  const last = groups.pop() ?? '';
  const isUsual = /^\d{1,3}$/.test(first) && groups.every((group) => /^\d{2,3}$/.test(group));
  // A decimal sign or an exponent may follow the last group.
  return isUsual && /^\d{3}(?!\d)/.test(last);
}
