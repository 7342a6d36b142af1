export interface ServeOptions {
  readonly host?: string;
  readonly port?: string;
}

/** Runs the service in this process, as `npm start` does. Its own handlers of signals end the process. */
export async function serve({ host, port }: ServeOptions): Promise<void> {
  if (host !== undefined) process.env['HOST'] = host;
  if (port !== undefined) process.env['PORT'] = port;
  await import('../server.ts');
}
