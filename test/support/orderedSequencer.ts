import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that need no Python environment of the tests. They run while the environments are made. */
const FIRST = [
  'integration/package.test.ts',
  'integration/crossSite.test.ts',
  'integration/launcher.test.ts',
];

/** Runs the files of FIRST before all others, and otherwise keeps vitest's order. */
export class OrderedSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isFirst = ({ moduleId }: TestSpecification) => FIRST.some((name) => moduleId.endsWith(name));
    return [...sorted.filter(isFirst), ...sorted.filter((file) => !isFirst(file))];
  }
}
