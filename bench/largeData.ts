import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CsvFile } from './csvFile.ts';
import { Random } from './random.ts';

/** Describes a file of the bench. The same shape gives the same file, byte for byte. */
export interface Shape {
  /**
   * `ordinary`: rows of data/diabetes.csv, drawn again and again, with jitter. `digits`: the same with 15 to 18 digits in
   * four columns. `wide`: 100 columns of normally distributed numbers, of which ten decide the target.
   */
  readonly kind: 'ordinary' | 'digits' | 'wide';
  readonly rows: number;
}

/** Raise this version if a shape's content changes, so that no older file is used. */
const VERSION = 1;
const FOLDER = join(tmpdir(), 'trainpost-bench-data');
const DIABETES = join(import.meta.dirname, '../data/diabetes.csv');

const WIDE_FEATURES = 100;
/** Weights of the first features of `wide`, which decide the target. */
const WIDE_WEIGHTS = [1, -0.8, 0.6, -0.5, 0.4, -0.3, 0.25, -0.2, 0.15, -0.1] as const;
/** Share of the labels that are flipped, so that no model is perfect. */
const FLIPPED = 0.03;
const FULL_DIGITS_NOISE = 0.1;

/** The path of a shape's file. The file is made if it is missing. */
export function dataFile({ kind, rows }: Shape): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${kind}-${rows}-v${VERSION}.csv`);
  if (!existsSync(path)) {
    const random = new Random(rows);
    if (kind === 'wide') writeWide(path, rows, random);
    else writeDiabetes(path, rows, random, kind === 'digits');
  }
  return path;
}

/** Writes rows with jitter. Counts stay whole numbers, and measures get the decimals that such measures have. */
function writeDiabetes(path: string, rows: number, random: Random, isFull: boolean): void {
  const [names = [], ...source] = readFileSync(DIABETES, 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  const patients = source.map((cells) => cells.map(Number));
  const file = new CsvFile(path, names);
  /** Writes a measure with its decimals, or with all digits of a double. */
  const measure = (value: number, decimals: number) => {
    const whole = Math.round(Math.max(0, value) * 10 ** decimals);
    if (isFull) file.real(whole / 10 ** decimals + FULL_DIGITS_NOISE * random.normal());
    else if (decimals === 0) file.integer(whole);
    else file.decimal(whole, decimals);
  };
  for (let row = 0; row < rows; row += 1) {
    const patient = patients[random.integer(0, patients.length)]!;
    const [pregnancies, glucose, pressure, skin, insulin, bmi, pedigree, age, outcome] = patient as Patient;
    file.integer(pregnancies);
    file.integer(Math.max(0, glucose + random.integer(-3, 4)));
    file.integer(pressure);
    measure(skin + 0.5 * random.normal(), 1);
    measure(insulin > 0 ? insulin + random.integer(-5, 6) : 0, 0);
    measure(bmi + 0.3 * random.normal(), 3);
    measure(pedigree * Math.exp(0.05 * random.normal()), 6);
    file.integer(random.uniform() < 0.5 ? age : Math.min(90, Math.max(21, age + random.integer(-1, 2))));
    file.integer(random.uniform() < FLIPPED ? 1 - outcome : outcome);
    file.endRow();
  }
  file.close();
}

type Patient = [number, number, number, number, number, number, number, number, number];

function writeWide(path: string, rows: number, random: Random): void {
  const names = Array.from({ length: WIDE_FEATURES }, (_, index) => `f${index}`);
  const file = new CsvFile(path, [...names, 'Outcome']);
  for (let row = 0; row < rows; row += 1) {
    let score = random.normal();
    for (let index = 0; index < WIDE_FEATURES; index += 1) {
      const value = random.normal();
      file.real(value);
      score += (WIDE_WEIGHTS[index] ?? 0) * value;
    }
    file.integer(score > 0 ? 1 : 0);
    file.endRow();
  }
  file.close();
}
