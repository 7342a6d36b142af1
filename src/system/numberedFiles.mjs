import { basename, dirname } from 'node:path';
import { closing, removeQuietly, writeAll } from './plainFiles.mjs';

/** @typedef {import('./plainFiles.mjs').PlainFiles} PlainFiles */

/**
 * The content of a lock's file.
 *
 * @typedef {object} Holder
 * @property {number} pid
 * @property {string} started
 * @property {string} host
 * @property {string} pidSpace The set of processes among which the pid is unique.
 * @property {string} key A UUID that no other file has.
 * @property {true} [isReleased]
 */

/**
 * The endings of the names `<path>-<ending>`: the numbers, and the keys of temporary files.
 *
 * @typedef {object} Found
 * @property {number[]} numbers
 * @property {string[]} keys
 */

/** Room for the longest holder: a release then overwrites the content in place, and needs no room on a full disk. */
const CONTENT_CHARS = 1_024;
const NUMBER = /^\d{1,15}$/;
const KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The files of one lock: `<path>-<number>` for each holder, and `<path>-<key>` while a process makes one. */
export class NumberedFiles {
  /** @type {PlainFiles} */
  #files;
  /** @type {string} */
  #path;

  /**
   * @param {PlainFiles} files
   * @param {string} path
   */
  constructor(files, path) {
    this.#files = files;
    this.#path = path;
  }

  /**
   * The files that there are.
   *
   * @returns {Promise<Found>}
   */
  async find() {
    /** @type {Found} */
    const found = { numbers: [], keys: [] };
    const start = `${basename(this.#path)}-`;
    for await (const name of this.#files.names(dirname(this.#path))) {
      if (!name.startsWith(start)) continue;
      const ending = name.slice(start.length);
      if (NUMBER.test(ending)) found.numbers.push(Number(ending));
      else if (KEY.test(ending)) found.keys.push(ending);
    }
    return found;
  }

  /**
   * Makes the file of a number, with its whole content at once; false if another process was faster.
   *
   * @param {number} number
   * @param {Holder} holder
   */
  async make(number, holder) {
    const temporary = `${this.#path}-${holder.key}`;
    try {
      await this.#write(temporary, 'new', holder);
      await this.#files.link(temporary, this.#pathOf(number));
      return true;
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      // ENOENT: the process that was faster has removed the temporary file.
      if (code === 'EEXIST' || code === 'ENOENT') return false;
      throw error;
    } finally {
      await removeQuietly(this.#files, temporary);
    }
  }

  /**
   * Undefined if the file is missing, or a power cut has taken its content.
   *
   * @param {number} number
   * @returns {Promise<Holder | undefined>}
   */
  async read(number) {
    const bytes = await this.#files.read(this.#pathOf(number));
    try {
      return (bytes && JSON.parse(bytes.toString())) ?? undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Overwrites the content of a number that exists.
   *
   * @param {number} number
   * @param {Holder} holder
   */
  async overwrite(number, holder) {
    await this.#write(this.#pathOf(number), 'existing', holder);
  }

  /**
   * Removes the numbers below one, the lowest first, and the temporary files. Stops at a failure: the next holder goes on.
   *
   * @param {number} number
   * @param {Found} found
   */
  async removeBelow(number, { numbers, keys }) {
    const lower = numbers.filter((one) => one < number).sort((a, b) => a - b);
    try {
      for (const ending of [...lower, ...keys]) await this.#files.remove(`${this.#path}-${ending}`);
    } catch {
      // Files that stay do no harm.
    }
  }

  /** @param {number} number */
  async modifiedAtMs(number) {
    return await this.#files.modifiedAtMs(this.#pathOf(number));
  }

  /**
   * Sets the time of a number's file to now; false if the file does not exist.
   *
   * @param {number} number
   */
  async touch(number) {
    return await this.#files.touch(this.#pathOf(number), Date.now());
  }

  /**
   * @param {string} path
   * @param {'new' | 'existing'} which
   * @param {Holder} holder
   */
  async #write(path, which, holder) {
    const content = Buffer.from(JSON.stringify(holder).padEnd(CONTENT_CHARS));
    const file = await this.#files.open(path, which);
    await closing(file, () => writeAll(file, content, 0));
  }

  /** @param {number} number */
  #pathOf(number) {
    return `${this.#path}-${number}`;
  }
}
