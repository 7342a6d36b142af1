/** A Markdown table. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => '---'), ...rows]
    .map((line) => `| ${line.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** A link to a heading of the same page. */
export function linkTo(title: string): string {
  return `[${title}](#${title.toLowerCase().replaceAll(' ', '-').replaceAll(',', '')})`;
}
