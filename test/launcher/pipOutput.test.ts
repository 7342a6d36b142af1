import { expect, it } from 'vitest';
import { PipOutput } from '../../src/launcher/pipOutput.ts';

function reading(...lines: string[]): PipOutput {
  const output = new PipOutput();
  for (const line of lines) output.read(line);
  return output;
}

it('names the phase of an installation', () => {
  const output = reading(
    'Collecting mlflow==3.17.2',
    '  Downloading mlflow-3.17.2-py3-none-any.whl.metadata (32 kB)',
  );
  expect(output.phase()).toBe('looking for packages, 1 found');
  output.read('Collecting flask<4 (from mlflow==3.17.2)');
  expect(output.phase()).toBe('looking for packages, 2 found');
  output.read('Downloading mlflow-3.17.2-py3-none-any.whl (11.0 MB)');
  expect(output.phase()).toBe('downloading, 1 so far');
  output.read('Installing collected packages: flask, mlflow');
  expect(output.phase()).toBe('installing 2 packages');
});

it.each([
  [
    ['ERROR: No matching distribution found for mlflow==0.0.0', 'hint: look again'],
    '"ERROR: No matching distribution found for mlflow==0.0.0"',
  ],
  [
    ['Traceback', 'OSError: [Errno 28] No space left on device', ''],
    '"OSError: [Errno 28] No space left on device"',
  ],
  [
    ['ensurepip is not available.', '    apt install python3.11-venv', 'Failing command: x'],
    'it needs: apt install python3.11-venv',
  ],
])('says why an installation failed: %j', (lines, reason) => {
  expect(reading(...lines).reason()).toBe(reason);
});
