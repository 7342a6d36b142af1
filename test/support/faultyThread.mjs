// The service's thread, with ways to make it fail. A thread fails in this way if it reads a file with one of the words, or
// runs a training whose `positive` is one of the words. `!grow` is not a failure, but a table of 130 MB.
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
