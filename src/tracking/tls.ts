import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, quote } from '../errors.ts';

/** How TLS is spoken with MLflow. The settings are those of MLflow's own client. */
export interface TlsOptions {
  /** PEM file, or a folder of PEM files: the authorities that may sign the server's certificate, instead of the usual ones. */
  readonly serverCertPath?: string;
  /** Takes any certificate of the server. */
  readonly insecureTls?: boolean;
  /** PEM file with a certificate and its private key, which the server asks for. */
  readonly clientCertPath?: string;
}

/** The same, as Node's TLS takes it. */
export interface TlsConnect {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Reads the files. @throws ConfigError `tracking_certificate` for a file that cannot be read, or has no certificate */
export function tlsOf({ serverCertPath, insecureTls, clientCertPath }: TlsOptions): TlsConnect {
  const server =
    serverCertPath === undefined
      ? undefined
      : pemOf('MLFLOW_TRACKING_SERVER_CERT_PATH', serverCertPath, /-----BEGIN (TRUSTED )?CERTIFICATE-----/);
  const client =
    clientCertPath === undefined
      ? undefined
      : pemOf('MLFLOW_TRACKING_CLIENT_CERT_PATH', clientCertPath, /-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  return {
    ...(server !== undefined && { ca: server }),
    ...(client !== undefined && { cert: client, key: client }),
    ...(insecureTls && { rejectUnauthorized: false }),
  };
}

function pemOf(setting: string, path: string, needed: RegExp): string {
  const text = textOf(setting, path);
  if (needed.test(text)) return text;
  const what = needed.source.includes('KEY') ? 'a certificate and its private key' : 'a certificate';
  throw unusable(setting, path, `holds no PEM text with ${what}`);
}

/** Text of a file, or of all files of a folder. */
function textOf(setting: string, path: string): string {
  try {
    if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8');
    const files = readdirSync(path).map((name) => join(path, name));
    return files
      .filter((file) => statSync(file).isFile())
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
  } catch (cause) {
    throw unusable(setting, path, `cannot be read (${(cause as NodeJS.ErrnoException).code})`);
  }
}

function unusable(setting: string, path: string, says: string): ConfigError {
  const message = `${setting}=${quote(path, 200)} ${says}: name a PEM file.`;
  return new ConfigError('tracking_certificate', message, { field: setting });
}
