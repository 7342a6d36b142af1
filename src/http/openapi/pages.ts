import { CODE_SECTIONS, type CodeRow, codesOf } from '../codes/index.ts';

/** Where the pages find their files and each other, relative to the address of the request. */
type Resolve = (path: string) => string;

/** The page of `/docs`, in which Swagger UI shows the document. */
export function docsPage(resolve: Resolve): string {
  return page('trainpost', [
    `<link rel="icon" href="${resolve('docs/favicon-32x32.png')}">`,
    `<link rel="stylesheet" href="${resolve('docs/swagger-ui.css')}">`,
    `<script defer src="${resolve('docs/swagger-ui-bundle.js')}"></script>`,
    `<script defer src="${resolve('docs/start.js')}"></script>`,
    '</head><body>',
    `<div id="docs"><p>The document is <a href="${resolve('openapi.json')}">openapi.json</a>; <a href="${resolve('docs/errors')}">all codes of errors</a>.</p></div>`,
  ]);
}

/** The page of `/docs/errors`, to whose anchors the `type` of each problem leads. */
export function errorsPage(resolve: Resolve): string {
  const sections = Object.entries(CODE_SECTIONS).map(
    ([title, rows]) => `<h2>${title}</h2>\n<dl>\n${rows.map(entryOf).join('\n')}\n</dl>`,
  );
  return page('Errors of trainpost', [
    `<link rel="stylesheet" href="${resolve('docs/page.css')}">`,
    '</head><body>',
    '<h1>Errors</h1>',
    `<p>An error has one of these codes: what happened, and what to do. <a href="${resolve('docs')}">All routes</a></p>`,
    ...sections,
  ]);
}

function page(title: string, lines: readonly string[]): string {
  const start = [
    '<!doctype html>',
    '<html lang="en"><head>',
    '<meta charset="utf-8">',
    `<title>${title}</title>`,
  ];
  return `${[...start, ...lines, '</body></html>'].join('\n')}\n`;
}

function entryOf(row: CodeRow): string {
  const [code, status, happened, todo] = row;
  const [first = code, ...others] = codesOf(row);
  const anchors = others.map((one) => `<span id="${one}"></span>`).join('');
  const says = status === undefined ? '' : ` (${status})`;
  return [
    `<dt id="${first}">${anchors}<a href="#${first}"><code>${escaped(code)}</code></a>${says}</dt>`,
    `<dd>${htmlOf(happened)} ${htmlOf(todo)}</dd>`,
  ].join('\n');
}

/** Markdown of one line as HTML. A link to a page of the project's docs, which the service does not have, becomes its text. */
function htmlOf(markdown: string): string {
  return escaped(markdown)
    .replaceAll(/\[([^\]]+)\]\((https:[^)]+)\)/g, '<a href="$2">$1</a>')
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
