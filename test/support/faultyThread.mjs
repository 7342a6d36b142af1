// The service's thread, and the ways in which one can fail: a file whose bytes have one of the words makes the thread
// that reads it come to that harm, and so does a training whose `positive` is the word. `!grow` is no harm but a table of
// 130 MB.
import { register } from 'tsx/esm/api';

register();
const { HANDLERS } = await import('../../src/engine/local/threads/handlers.ts');
const { serveTasks } = await import('../../src/engine/local/threads/serve.ts');

const HARM = {
  '!loop': () => {
    for (;;);
  },
  '!exit': () => process.exit(3),
  '!heap': () => {
    const kept = [];
    for (;;) kept.push(new Array(1_000).fill(kept.length));
  },
  '!throw': () =>
    new Promise(() => {
      setImmediate(() => {
        throw new Error('thrown where nobody waits for it');
      });
    }),
  '!grow': ({ options: { memory } }) => {
    memory.grow(2_000);
    new Uint8Array(memory.buffer).fill(1);
  },
};

async function comeToHarm(input) {
  const said = input.bytes ? Buffer.from(input.bytes).toString() : (input.plan?.data.positive ?? '');
  const word = Object.keys(HARM).find((one) => said.includes(one));
  if (word !== undefined) await HARM[word](input);
}

serveTasks({
  ...HANDLERS,
  read: async (piece) => {
    await comeToHarm(piece);
    return await HANDLERS.read(piece);
  },
  run: async (task) => {
    await comeToHarm(task);
    return await HANDLERS.run(task);
  },
});
