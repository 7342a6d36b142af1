// A thread that helps a team. The thread runs from dist, because it does not inherit the test runner's transform.
import { parentPort } from 'node:worker_threads';
import { serveTeam } from '../../dist/engine/local/blocks/team.js';

parentPort.on('message', serveTeam);
parentPort.postMessage('ready');
