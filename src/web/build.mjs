/**
 * Bundles the page: one script, one style sheet and index.html, each compressed too, in dist/web. `npm run build` runs this
 * program after the compiler, because the table of fields and the style of plots come from dist.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const WEB = import.meta.dirname;
const ROOT = join(WEB, '../..');
const TO = join(ROOT, 'dist/web');
/** Packages that the page may have. An import drags a new one in only by mistake. */
const PACKAGES = /^node_modules\/(preact|@preact\/signals|@preact\/signals-core|d3-[a-z-]+|internmap)\//;

/** @type {typeof import('../training/fields/plainFields.ts')} */
const { PLAIN_FIELDS, PLAIN_GROUPS } = await import(distUrl('training/fields/plainFields.js'));
/** @type {typeof import('../reports/plots/palette.ts')} */
const { PLOT_STYLE } = await import(distUrl('reports/plots/palette.js'));

/**
 * Replaces the module that reads the table of fields by its rows, so that the page loads no checks.
 * @type {import('esbuild').Plugin}
 */
const plainFields = {
  name: 'plain fields',
  setup: ({ onLoad }) =>
    onLoad({ filter: /training\/fields\/plainFields\.ts$/ }, () => ({
      contents: [
        `export const PLAIN_FIELDS = ${JSON.stringify(PLAIN_FIELDS)};`,
        `export const PLAIN_GROUPS = ${JSON.stringify(PLAIN_GROUPS)};`,
      ].join('\n'),
    })),
};

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: [
    { in: join(WEB, 'main.tsx'), out: 'app' },
    { in: join(WEB, 'styles/index.css'), out: 'app' },
  ],
  outdir: TO,
  bundle: true,
  minify: true,
  metafile: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  plugins: [plainFields],
});
const strange = Object.keys(metafile.inputs).filter(
  (path) => path.includes('node_modules/') && !PACKAGES.test(path),
);
if (strange.length > 0) throw new Error(`The page must not have these packages: ${strange.join(', ')}`);

mkdirSync(TO, { recursive: true });
let html = readFileSync(join(WEB, 'index.html'), 'utf8');
for (const { path, text } of outputFiles) {
  const name = path.endsWith('.css') ? 'app.css' : 'app.js';
  const whole = name === 'app.css' ? `${text}${PLOT_STYLE}` : text;
  // A browser keeps a file for good under an address with its digest.
  html = html.replace(`page/${name}`, `page/${name}?v=${digestOf(whole)}`);
  write(name, whole);
}
write('index.html', html);
copyFileSync(join(WEB, 'icon.svg'), join(TO, 'icon.svg'));

/** @param {string} path */
function distUrl(path) {
  return pathToFileURL(join(ROOT, 'dist', path)).href;
}

/** @param {string} text */
function digestOf(text) {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

/**
 * @param {string} name
 * @param {string} text
 */
function write(name, text) {
  writeFileSync(join(TO, name), text);
  writeFileSync(join(TO, `${name}.br`), brotliCompressSync(text));
  writeFileSync(join(TO, `${name}.gz`), gzipSync(text, { level: 9 }));
}
