// Opens streams of events in a process of their own, and sends the parent each arrival: [step of the job, time].
const [url, streams] = process.argv.slice(2);

async function listen() {
  const response = await fetch(url, { headers: { Accept: 'text/event-stream' } });
  process.send('open');
  let text = '';
  for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
    const at = performance.timeOrigin + performance.now();
    text += bytes;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) process.send([JSON.parse(data).progress.done, at]);
    }
  }
}

await Promise.all(Array.from({ length: Number(streams) }, listen));
process.disconnect();
