// A thread that helps a team. A worker thread does not inherit the test runner's transform, so it brings its own.
import { parentPort } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { serveTeam } = await import('../../src/engine/local/blocks/team.ts');
parentPort.on('message', serveTeam);
parentPort.postMessage('ready');
