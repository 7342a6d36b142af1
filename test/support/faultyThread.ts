/** Resolves when a thread of `faultyThread.mjs` meets this word. */
export async function harmOf(word: string): Promise<void> {
  const channel = new BroadcastChannel('faulty-thread');
  await new Promise<void>((resolve) => {
    channel.onmessage = (event) => {
      if ((event as MessageEvent).data === word) resolve();
    };
  });
  channel.close();
}
