/** The small table that clients post in recorded requests. It has two features and two classes. */
export const CLIENT_TABLE = `a,b,Outcome\n${Array.from({ length: 20 }, (_, row) => `${row},${(row * 7) % 11},${row % 2}\n`).join('')}`;

/** The table in recorded requests: as it is, and as the Fetch standard changes the line ends of a text. */
const TABLES = { '{{table}}': CLIENT_TABLE, '{{table, CRLF}}': CLIENT_TABLE.replaceAll('\n', '\r\n') };

/** Puts a name in the place of the table, so that a recorded request is one short line. */
export function withoutTable(request: string): string {
  return Object.entries(TABLES).reduce((text, [name, table]) => text.replaceAll(table, name), request);
}

/** Puts the table back. */
export function withTable(recorded: string): string {
  return Object.entries(TABLES).reduce((text, [name, table]) => text.replaceAll(name, table), recorded);
}
