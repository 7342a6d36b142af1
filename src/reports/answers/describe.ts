import { shownNumber } from '../plots/text.ts';
import { type Block, code, type Inline, type Line, paragraph, prose, short } from './blocks.ts';
import { rocChart } from './charts.ts';
import type { ProblemLine, Summary } from './summary.ts';
import { changes, drift, gates, leftOut, metrics, sweep } from './tables.ts';

const WARNINGS_MAX = 15;
/** A command with more characters is left out: it has many tags or columns. */
const COMMAND_CHARS_MAX = 4_000;

/** The parts of an answer in the order in which a reviewer asks for them. */
export function describe(summary: Summary): readonly Block[] {
  const { problem, verdict } = summary;
  return [
    heading(summary),
    ...(problem === undefined ? [] : problemBlocks(problem)),
    ...(verdict.length === 0 ? [] : [paragraph(...verdict.flatMap(verdictLine))]),
    ...pending(summary),
    ...gates(summary),
    ...metrics(summary),
    ...changes(summary),
    ...sweep(summary),
    ...promotion(summary),
    ...drift(summary),
    ...warnings(summary),
    ...more(summary),
    ...links(summary),
    ...command(summary),
  ];
}

const STATES = { passed: 'passed', failed: 'failed', none: 'no gates' } as const;

function heading({ kind, experiment, gate, problem }: Summary): Block {
  const outcome =
    problem !== undefined && problem.code !== 'gate_failed' ? problem.title : STATES[gate?.state ?? 'none'];
  const shown = gate === undefined && problem === undefined ? [] : [': ', { strong: outcome }];
  return { kind: 'heading', line: [`trainpost ${kind} in `, code(experiment), ...shown] };
}

function problemBlocks({ code: name, status, detail, help, isAll }: ProblemLine): readonly Block[] {
  const known = help.map(([key, value]): Line => [`${key}: `, code(value)]);
  return [
    paragraph(prose(detail)),
    ...(known.length === 0 || !isAll ? [] : [{ kind: 'list', lines: known } as const]),
    paragraph(
      status === undefined ? 'Code ' : `Status ${status}, code `,
      code(name),
      '. trainpost explains the code at ',
      code(`/docs/errors#${name}`),
      '.',
    ),
  ];
}

/** A sentence whose names stand between marks of direction. */
function verdictLine(sentence: string): Line {
  const parts = sentence.split(/\u2068(.*?)\u2069/s);
  return [...parts.map((part, i): Inline => (i % 2 === 1 ? code(part) : part)), ' '];
}

function pending({ isPending }: Summary): readonly Block[] {
  if (!isPending) return [];
  return [paragraph('MLflow does not have the run yet. trainpost delivers the run when MLflow takes it.')];
}

function promotion({ promotion: found, gate, isPending }: Summary): readonly Block[] {
  if (found === undefined) return [];
  const { name, alias, version } = found;
  const where: Line = [code(alias), ' of ', code(name)];
  if (gate?.state === 'failed') return [paragraph('The alias ', ...where, ' stays.')];
  if (version === null) {
    return [
      paragraph(
        isPending ? 'The alias will move: ' : 'Nothing is logged, so the alias stays: ',
        ...where,
        '.',
      ),
    ];
  }
  return [paragraph('The alias ', ...where, ` points at version ${version} now, or at a later one.`)];
}

function warnings({ warnings: list }: Summary): readonly Block[] {
  if (list.length === 0) return [];
  const shown = list
    .slice(0, WARNINGS_MAX)
    .map(({ code: name, message }): Line => [code(name), ': ', prose(message)]);
  return [
    paragraph({ strong: list.length === 1 ? '1 warning' : `${list.length} warnings` }),
    { kind: 'list', lines: shown },
    ...leftOut(list.length - WARNINGS_MAX, 'warnings'),
  ];
}

/** What a reviewer opens only now and then. */
function more({ confusion, roc, data, settings = {}, sweep: found }: Summary): readonly Block[] {
  const facts = [
    ...data,
    ...Object.entries(settings).map(([name, value]) => [name, value ?? 'none'] as const),
  ];
  const title = confusion === undefined ? 'Data and settings' : 'Confusion matrix, data and settings';
  const blocks: Block[] = [];
  if (confusion !== undefined) {
    blocks.push({
      kind: 'table',
      head: ['Test rows', ...confusion.classes.map((label) => `predicted ${short(label)}`)],
      rows: confusion.rows.map((row, i) => [
        ['is ', code(confusion.classes[i] ?? '')],
        ...row.map((count): Line => [shownNumber(count)]),
      ]),
    });
  }
  if (roc !== undefined && found === undefined) {
    blocks.push(rocChart(roc));
  }
  if (facts.length > 0) {
    blocks.push({
      kind: 'table',
      head: ['Data and settings', 'Value'],
      rows: facts.map(([name, value]) => [[name], [code(typeof value === 'number' ? String(value) : value)]]),
      text: [1],
    });
  }
  return blocks.length === 0 ? [] : [{ kind: 'details', title, blocks }];
}

function links({ run, model }: Summary): readonly Block[] {
  const line: Inline[] = [];
  if (run !== undefined) {
    line.push('Run ', run.url === null ? code(run.name) : { text: run.name, link: run.url });
    if (run.id !== null) line.push(' (', code(run.id), ')');
  }
  if (model !== undefined) {
    const name = model.version === null ? model.name : `${model.name}, version ${model.version}`;
    line.push(
      line.length === 0 ? 'Model ' : ', model ',
      model.url === null ? code(name) : { text: name, link: model.url },
    );
  }
  return line.length === 0 ? [] : [paragraph(...line)];
}

function command({ command: text }: Summary): readonly Block[] {
  if (text === undefined || text.length > COMMAND_CHARS_MAX) return [];
  return [{ kind: 'details', title: 'The same again', blocks: [{ kind: 'code', language: 'sh', text }] }];
}
