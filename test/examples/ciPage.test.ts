import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { action, Ground, isSkipped, type Step, TOKEN } from './ground.ts';
import { readExample } from './shell.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

const ground = new Ground();
beforeAll(() => ground.start());
afterAll(() => ground.service.close());
beforeEach(() => ground.fresh());
afterEach(() => ground.repository.remove());

describe.skipIf(isSkipped)('docs/ci.md', () => {
  const page = readFileSync(join(EXAMPLES, '../docs/ci.md'), 'utf8');
  const [nightly, model, gitlab] = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) =>
    parse(text as string),
  );
  const commands = [...page.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, text]) => text as string);

  it.each([
    ['low(recall) > 0.4', 0],
    ['low(recall) > 0.9', 22],
  ])('has a nightly job of curl, with %s', async (gate, status) => {
    const { run } = nightly.jobs.train.steps.find(({ name }: Step) => name === 'Train') as { run: string };
    const summary = join(ground.repository.folder, 'summary.md');
    const env = {
      TRAINPOST_URL: ground.service.url,
      TRAINPOST_TOKEN: TOKEN,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_SHA: 'c0ffee',
    };
    const ids = { GITHUB_RUN_ID: String(status), GITHUB_RUN_ATTEMPT: '1' };
    const { code, out } = await ground.repository.run(run.replace('low(recall) > 0.4', gate), {
      ...env,
      ...ids,
    });
    expect(out).not.toContain('curl: (6)');
    expect(code).toBe(status);
    expect(ground.repository.read('summary.md')).toContain(status === 0 ? '**holds**' : '**does not hold**');
    expect(ground.service.desk.entries[0]?.run).toMatchObject({ alias: 'champion', gitCommit: 'c0ffee' });
  });

  it('has a first training by hand', async () => {
    const command = commands.find((text) => text.startsWith('curl ')) ?? '';
    const { code, out } = await ground.repository.run(command, {
      TRAINPOST_URL: ground.service.url,
      TRAINPOST_TOKEN: TOKEN,
    });
    expect(out).toContain('### trainpost training in `Nightly`');
    expect(code).toBe(0);
  });

  it('uses the action and the template as they are', () => {
    const step = model.jobs.train.steps.find(({ uses = '' }: Step) => uses.includes('trainpost')) as Step;
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
    const outputs = [...page.matchAll(/steps\.model\.outputs\.(\w+)/g)].map(([, name]) => name as string);
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(outputs));
    expect(gitlab.train.extends).toBe('.trainpost');
    const script = readExample('train.sh');
    for (const name of Object.keys(gitlab.train.variables)) expect(script).toContain(`#   ${name} `);
  });
});
