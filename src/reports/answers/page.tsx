import { createHash } from 'node:crypto';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { PAGE_STYLE } from '../html/style.ts';
import { type Block, type Inline, type Line, printable } from './blocks.ts';
import { addressOf } from './markdown.ts';

/** Columns of text are as wide as their words. */
const STYLE = `${PAGE_STYLE}\ntd.text,th.text{min-width:9em}td:first-child{min-width:12em}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The page loads nothing. Its one style is known by its hash. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Writes the parts of an answer as one page without scripts. */
export function answerPage(title: string, blocks: readonly Block[]): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <main>{blocks.map((block, i) => part(block, i))}</main>
      </body>
    </html>
  );
  return `<!DOCTYPE html>\n${renderToStaticMarkup(page)}\n`;
}

function part(block: Block, key: number) {
  switch (block.kind) {
    case 'heading':
      return <h1 key={key}>{line(block.line)}</h1>;
    case 'paragraph':
      return <p key={key}>{line(block.line)}</p>;
    case 'list':
      return (
        <ul key={key}>
          {block.lines.map((one, i) => (
            <li key={i}>{line(one)}</li>
          ))}
        </ul>
      );
    case 'table':
      return <Table key={key} block={block} />;
    case 'code':
      // A chart is drawn where Markdown is read.
      return block.language === 'mermaid' ? null : <pre key={key}>{block.text}</pre>;
    case 'details':
      return (
        <details key={key}>
          <summary>{block.title}</summary>
          {block.blocks.map((inner, i) => part(inner, i))}
        </details>
      );
  }
}

function Table({ block: { head, rows, text = [] } }: { readonly block: Extract<Block, { kind: 'table' }> }) {
  const classOf = (column: number) => (text.includes(column) ? 'text' : undefined);
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            {head.map((name, i) => (
              <th key={i} scope="col" class={classOf(i)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, i) => (
            <tr key={i}>
              {cells.map((cell, j) => (
                <td key={j} class={classOf(j)}>
                  {line(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function line(parts: Line) {
  return parts.map((one, i) => inline(one, i));
}

function inline(one: Inline, key: number) {
  if (typeof one === 'string') return printable(one);
  if ('strong' in one) return <strong key={key}>{printable(one.strong)}</strong>;
  if ('code' in one) {
    return (
      <code key={key}>
        <bdi>{printable(one.code)}</bdi>
      </code>
    );
  }
  const address = addressOf(one.link);
  if (address === undefined) return <bdi key={key}>{printable(one.text)}</bdi>;
  return (
    <a key={key} href={address} rel="noreferrer">
      <bdi>{printable(one.text)}</bdi>
    </a>
  );
}
