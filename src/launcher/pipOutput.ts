import { quote } from '../errors.ts';

const REASON_CHARS_MAX = 300;

/** Reads the output of `venv` and `pip` and sums it up in a few words. */
export class PipOutput {
  #found = 0;
  #downloaded = 0;
  #phase = 'working';
  #lastLine = '';
  #lastError = '';
  #advice = '';

  read(line: string): void {
    const text = line.trim();
    if (text === '') return;
    this.#lastLine = text;
    if (text.startsWith('ERROR:')) this.#lastError = text;
    if (/^apt(-get)? install /.test(text)) this.#advice = text;
    if (text.startsWith('Collecting ')) this.#phase = `looking for packages, ${++this.#found} found`;
    else if (/^Downloading .*\.(whl|tar\.gz) /.test(text))
      this.#phase = `downloading, ${++this.#downloaded} so far`;
    else if (text.startsWith('Installing collected packages:')) {
      this.#phase = `installing ${text.split(',').length} packages`;
    }
  }

  /** The step that the command is at. */
  phase(): string {
    return this.#phase;
  }

  /** Why the command failed: the package that Debian's venv asks for, else pip's last error, else the last line. */
  reason(): string {
    if (this.#advice !== '') return `it needs: ${this.#advice}`;
    return quote(this.#lastError || this.#lastLine, REASON_CHARS_MAX);
  }
}
