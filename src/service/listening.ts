import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/index.ts';
import { ConfigError } from '../errors.ts';

/** @throws ConfigError where the port is taken, or cannot be used */
export function listen(server: Server, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const says = taken
        ? 'is taken by another program: set PORT to another'
        : `cannot be used (${error.message})`;
      reject(new ConfigError('port', `PORT=${config.port} on ${config.host} ${says}`));
    });
    server.listen(config.port, config.host, resolve);
  });
}

/** Ends every connection, and takes no more of them. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
