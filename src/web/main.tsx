import { render } from 'preact';
import { App } from './app.tsx';
import { followFile } from './data/check.ts';
import { watchReadiness } from './readiness.ts';
import { followUrl } from './state/store.ts';

followUrl();
render(<App />, document.getElementById('app')!);
watchReadiness();
followFile();
