// The service's thread, with ways to make it fail. A thread fails in this way if it reads a file with one of the words, or
// runs a training whose `positive` is one of the words. Two words are not a failure: `!grow` is a table of 130 MB, and the
// thread takes an hour from one look at its clock to the next while it reads a file with `!slow`.
import { HANDLERS } from '../../dist/engine/local/threads/handlers.js';
import { serveTasks } from '../../dist/engine/local/threads/serve.js';

/** Says which word a thread has met (`faultyThread.ts`). */
const channel = new BroadcastChannel('faulty-thread');
channel.unref();

const LOOK_MS = 3_600_000;
const slowFiles = new Set();
let isSlow = false;
let skippedMs = 0;
const now = performance.now.bind(performance);
performance.now = () => {
  if (isSlow) skippedMs += LOOK_MS;
  return now() + skippedMs;
};

const HARM = {
  '!loop': () => {
    for (;;);
  },
  '!exit': () => process.exit(3),
  // In small pieces: larger pieces end the whole process on Node 24 (https://github.com/nodejs/node/issues/47224).
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

async function comeToHarm(input) {
  const said = input.bytes ? Buffer.from(input.bytes).toString() : (input.plan?.data.positive ?? '');
  const word = Object.keys(HARM).find((one) => said.includes(one));
  if (word === undefined) return;
  channel.postMessage(word);
  await HARM[word](input);
}

serveTasks({
  ...HANDLERS,
  read: async (piece) => {
    await comeToHarm(piece);
    isSlow = slowFiles.has(piece.id);
    try {
      return await HANDLERS.read(piece);
    } finally {
      isSlow = false;
    }
  },
  run: async (task) => {
    await comeToHarm(task);
    return await HANDLERS.run(task);
  },
});
