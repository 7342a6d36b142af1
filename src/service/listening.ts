import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../errors.ts';

export interface ListenOptions {
  /** Name or address. */
  readonly host: string;
  /** With 0, the system chooses a free port. */
  readonly port: number;
}

/** Resolves once the server listens. @throws ConfigError if the port is taken, or cannot be used */
export function listen(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const says = taken
        ? 'is taken by another program: set PORT to another port'
        : `cannot be used (${error.message})`;
      reject(new ConfigError('port', `PORT=${port} on ${host} ${says}`));
    });
    server.listen(port, host, resolve);
  });
}

/** Ends all connections, and takes no new connection. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The address to show to people. */
export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
