// A thread that helps a team. It is the built one: a thread does not inherit the test runner's transform.
import { parentPort } from 'node:worker_threads';
import { serveTeam } from '../../dist/engine/blocks/team.js';

parentPort.on('message', serveTeam);
parentPort.postMessage('ready');
