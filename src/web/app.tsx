import { useEffect } from 'preact/hooks';
import { DataScreen } from './data/dataScreen.tsx';
import { Notices } from './parts/notices.tsx';
import { Tabs } from './parts/tabs.tsx';
import { TokenDialog } from './parts/tokenDialog.tsx';
import { PredictScreen } from './predict/predictScreen.tsx';
import { ResultScreen } from './result/resultScreen.tsx';
import { RunsScreen } from './runs/runsScreen.tsx';
import { state } from './state/store.ts';
import type { Screen } from './state/table.ts';
import { TrainScreen } from './train/trainScreen.tsx';

const SCREEN_PARTS = {
  data: DataScreen,
  train: TrainScreen,
  result: ResultScreen,
  runs: RunsScreen,
  predict: PredictScreen,
} as const satisfies Record<Screen, unknown>;

const TITLES = {
  data: 'Data',
  train: 'Train',
  result: 'Result',
  runs: 'Runs',
  predict: 'Predict',
} as const satisfies Record<Screen, string>;

/** The page: the tabs, what the service lacks, and one screen. */
export function App() {
  const screen = state.screen.value;
  const Part = SCREEN_PARTS[screen];
  useEffect(() => {
    document.title = `${TITLES[screen]} – trainpost`;
  }, [screen]);
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        Skip to the screen
      </button>
      <header class="top">
        <p class="brand">trainpost</p>
        <Tabs titles={TITLES} />
        <a class="docs" href="docs">
          API
        </a>
      </header>
      <main id="main" tabIndex={-1}>
        <Notices />
        <h1>{TITLES[screen]}</h1>
        <Part />
      </main>
      <TokenDialog />
    </>
  );
}

/** No link can do this, because the fragment of the URL is the state of the page. */
function skip(): void {
  document.getElementById('main')?.focus();
}
