import type { Frame, ThreadProfile } from './cpuProfile.ts';

const WIDTH = 1200;
const ROW = 18;
const MARGIN = 10;
/** Width of a letter of the font, in pixels. */
const LETTER = 6.6;
/** Frames narrower than this many pixels have no text. */
const TEXT_MIN = 24;
/** Frames narrower than this many pixels are not drawn. */
const NARROW = 0.5;

/** A colour for each room of src/, for packages, and for Node itself. */
const COLOURS: readonly (readonly [prefix: string, colour: string])[] = [
  ['src/kernels', '#7fc97f'],
  ['src/data', '#fdc086'],
  ['src/ml', '#beaed4'],
  ['src/engine', '#ffe08a'],
  ['src/', '#c7d9e8'],
  ['wasm', '#7fc97f'],
  ['node_modules', '#d9d9d9'],
  ['node:', '#e6e6e6'],
];
const OTHER_COLOUR = '#f4f4f4';

/** Draws the call trees of the threads as one SVG, one above the other, on one scale. A frame's title has its times. */
export function flameGraph(title: string, threads: readonly ThreadProfile[]): string {
  const scale = (WIDTH - 2 * MARGIN) / Math.max(...threads.map(({ root }) => root.total));
  const parts: string[] = [];
  let top = MARGIN + 2 * ROW;
  for (const { thread, root } of threads) {
    const label = thread === 0 ? 'main thread' : `thread ${thread}`;
    parts.push(text(MARGIN, top, `${label}: ${root.total.toFixed(0)} ms`));
    const depth = draw(parts, root, MARGIN, top + ROW / 2, scale);
    top += (depth + 2) * ROW;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" font-family="monospace" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${top}" fill="white"/>`,
    text(MARGIN, MARGIN + ROW / 2, title),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** Draws the functions that a frame called, from left to right. Returns the number of rows that they take. */
function draw(parts: string[], { children }: Frame, left: number, top: number, scale: number): number {
  let depth = 0;
  let x = left;
  for (const child of [...children.values()].sort((a, b) => b.total - a.total)) {
    const width = child.total * scale;
    if (width >= NARROW) {
      parts.push(box(child, x, top, width));
      depth = Math.max(depth, 1 + draw(parts, child, x, top + ROW, scale));
    }
    x += width;
  }
  return depth;
}

function box({ name, file, self, total }: Frame, x: number, y: number, width: number): string {
  const colour = COLOURS.find(([prefix]) => (file || name).startsWith(prefix))?.[1] ?? OTHER_COLOUR;
  const label = width < TEXT_MIN ? '' : text(x + 3, y + ROW - 6, name.slice(0, Math.floor(width / LETTER)));
  const times = `${total.toFixed(1)} ms, ${self.toFixed(1)} of its own`;
  return `<g><title>${escaped(`${name} ${file}: ${times}`)}</title><rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colour}" stroke="white"/>${label}</g>`;
}

function text(x: number, y: number, words: string): string {
  return `<text x="${x.toFixed(1)}" y="${y}">${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
