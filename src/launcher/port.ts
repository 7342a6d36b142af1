import { connect, createServer } from 'node:net';
import { UnavailableError } from '../errors.ts';

const HOST = '127.0.0.1';
/** Ports that are tried, the first one included. */
const PORTS_MAX = 20;
/** This machine accepts or refuses a connection to itself at once. */
const CONNECT_TIMEOUT_MS = 1_000;

/**
 * The first port from `first` on at which no program listens.
 *
 * @throws UnavailableError if twenty ports in a row are taken
 */
export async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + PORTS_MAX; port++) {
    if (!(await answers(port)) && (await canListen(port))) return port;
  }
  const message = `MLflow was not started, because the ports ${first} to ${first + PORTS_MAX - 1} of ${HOST} are taken: free one, or set MLFLOW_LOCAL_PORT.`;
  throw new UnavailableError('mlflow_no_port', message);
}

/**
 * Whether a program accepts connections at a port. `canListen` alone does not find a program that listens on all addresses,
 * such as AirPlay on macOS.
 */
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
