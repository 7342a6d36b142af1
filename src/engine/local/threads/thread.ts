/** The entry of a worker thread. */
import { HANDLERS } from './handlers.ts';
import { serveTasks } from './serve.ts';

serveTasks(HANDLERS);
