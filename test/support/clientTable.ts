/** The small table that clients post in recorded requests. It has two features and two classes. */
export const CLIENT_TABLE = `a,b,Outcome\n${Array.from({ length: 20 }, (_, row) => `${row},${(row * 7) % 11},${row % 2}\n`).join('')}`;
