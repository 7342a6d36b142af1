// A worker thread does not inherit the test runner's transform, so this one brings its own.
import { register } from 'tsx/esm/api';

register();
await import('../../src/engine/local/threads/thread.ts');
