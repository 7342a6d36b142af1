import { accepted } from './accepted.ts';
import { cancel } from './cancel.ts';
import { curves } from './curves.ts';
import { events } from './events.ts';
import { gates } from './gates.ts';
import { large } from './large.ts';
import { latency } from './latency.ts';
import { profile } from './profile.ts';
import { report } from './report.ts';
import { scoring } from './scoring.ts';
import { sweep } from './sweep.ts';

/** `npm run bench` runs every part, and `npm run bench -- latency` one part. Each part prints a table of bench/README.md. */
const PARTS: Readonly<Record<string, () => Promise<string>>> = {
  latency,
  accepted,
  large,
  sweep,
  curves,
  report,
  scoring,
  gates,
  cancel,
  events,
  profile,
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => PARTS[name] === undefined);
if (unknown !== undefined) {
  process.stderr.write(`Unknown part ${unknown}: choose one of ${Object.keys(PARTS).join(', ')}.\n`);
  process.exit(1);
}
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
  process.stdout.write(`## ${name}\n\n${await (PARTS[name] as () => Promise<string>)()}\n`);
}
