import { isAway, readiness } from '../readiness.ts';

/** What a check means for a person at the page. The reason is the service's sentence. */
const MEANING: Readonly<Record<string, string>> = {
  mlflow: 'Trainings go on: the service keeps each run, and logs it once MLflow answers.',
  spool: 'No training is accepted until there is room. Checking a file still works.',
  disk: 'Files may be rejected until there is room on the disk.',
  threads: 'Trainings begin in a moment.',
  running: 'Wait for the next start, or ask the person who runs the service.',
};

/** Says what the service lacks now. */
export function Notices() {
  const checks = Object.entries(readiness.value?.checks ?? {}).filter(([, { ok }]) => !ok);
  return (
    <div class="notices" role="status">
      {isAway.value && <p class="notice">The service does not answer. The page tries again by itself.</p>}
      {!isAway.value &&
        checks.map(([name, { reason }]) => (
          <p class="notice" key={name}>
            <strong>{reason}</strong> {MEANING[name]}
          </p>
        ))}
    </div>
  );
}
