import { accepted } from './accepted.ts';
import { large } from './large.ts';
import { latency } from './latency.ts';
import { profile } from './profile.ts';

/** `npm run bench` runs every part, `npm run bench -- latency` one. Each prints the table that bench/README.md keeps. */
const PARTS: Readonly<Record<string, () => Promise<string>>> = { latency, accepted, large, profile };

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => PARTS[name] === undefined);
if (unknown !== undefined) {
  process.stderr.write(`There is no part ${unknown}: choose among ${Object.keys(PARTS).join(', ')}.\n`);
  process.exit(1);
}
for (const name of wanted.length > 0 ? wanted : Object.keys(PARTS)) {
  process.stdout.write(`## ${name}\n\n${await (PARTS[name] as () => Promise<string>)()}\n`);
}
