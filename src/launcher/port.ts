import { connect, createServer } from 'node:net';
import { UnavailableError } from '../errors.ts';

const HOST = '127.0.0.1';
/** How many ports are tried after the first. */
const PORTS_MAX = 20;
/** A connection on this machine is made or refused at once. */
const CONNECT_TIMEOUT_MS = 1_000;

/**
 * The first port from `first` on at which nobody listens.
 *
 * @throws UnavailableError when twenty in a row are taken.
 */
export async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + PORTS_MAX; port++) {
    if (!(await answers(port)) && (await canListen(port))) return port;
  }
  const message = `MLflow was not started: the ports ${first} to ${first + PORTS_MAX - 1} of ${HOST} are all taken.`;
  throw new UnavailableError('mlflow_no_port', message);
}

/** Asked beside `canListen`: where somebody listens on all addresses (AirPlay on macOS), one can still listen on this one. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
