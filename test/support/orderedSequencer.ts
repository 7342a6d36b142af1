import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These need no Python environment of the tests, so they run while the environments are made. */
const FIRST = [
  'integration/package.test.ts',
  'integration/crossSite.test.ts',
  'integration/launcher.test.ts',
];

/** Vitest's own order, but for the files that come first. */
export class OrderedSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isFirst = ({ moduleId }: TestSpecification) => FIRST.some((name) => moduleId.endsWith(name));
    return [...sorted.filter(isFirst), ...sorted.filter((file) => !isFirst(file))];
  }
}
