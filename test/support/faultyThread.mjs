// The service's thread, and the ways in which one can fail: a file whose bytes have one of the words makes the thread
// that reads it come to that harm, and so does a training whose `positive` is the word. `!grow` is no harm but a table of
// 130 MB, and of a file with `!slow` each look at the clock takes an hour.
import run from '../../dist/engine/thread.js';

/** Says in which harm this thread is. */
const channel = new BroadcastChannel('faulty-thread');
channel.unref();

const LOOK_MS = 3_600_000;
const now = performance.now.bind(performance);
const slowFiles = new Set();
let skippedMs = 0;

const HARM = {
  '!loop': () => {
    for (;;);
  },
  '!exit': () => process.exit(3),
  // In small pieces: larger ones end the whole process on Node 24 (https://github.com/nodejs/node/issues/47224).
  '!heap': () => {
    for (let kept; ; ) kept = { kept };
  },
  '!throw': () =>
    new Promise(() => {
      setImmediate(() => {
        throw new Error('thrown where nobody waits for it');
      });
    }),
  '!slow': ({ id }) => slowFiles.add(id),
  '!grow': ({ options: { memory } }) => {
    memory.grow(2_000);
    new Uint8Array(memory.buffer).fill(1);
  },
};

export default async function runOrFail(task) {
  const said = task.kind === 'read' ? Buffer.from(task.bytes).toString() : (task.spec?.positive ?? '');
  const word = Object.keys(HARM).find((one) => said.includes(one));
  if (word !== undefined) {
    channel.postMessage(word);
    await HARM[word](task);
  }
  performance.now = () => {
    if (task.kind === 'read' && slowFiles.has(task.id)) skippedMs += LOOK_MS;
    return now() + skippedMs;
  };
  return await run(task);
}
