import { ConfigError } from '../errors.ts';

/** Credentials, as MLflow's own client takes them from its environment. */
export interface Auth {
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
}

/** @throws ConfigError `tracking_uri_not_http` */
export function parseTrackingUri(trackingUri: string): URL {
  const url = URL.canParse(trackingUri) ? new URL(trackingUri) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  const message =
    'The MLflow tracking URI is no http:// or https:// address. A folder or a database has to be served first ' +
    '(mlflow server --backend-store-uri ...); then set MLFLOW_TRACKING_URI to its address, such as http://127.0.0.1:5000.';
  throw new ConfigError('tracking_uri_not_http', message, { field: 'MLFLOW_TRACKING_URI' });
}

/**
 * The Authorization header. As in MLflow's own client, a name with its password counts more than a token; either
 * counts more than what the URI holds.
 * @throws ConfigError `tracking_token_invalid`
 */
export function authorizationOf(url: URL, { username, password, token }: Auth): string | undefined {
  if (username !== undefined && password !== undefined) return basic(username, password);
  if (token !== undefined) {
    if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
    const message =
      'MLFLOW_TRACKING_TOKEN has a space, a line end or another character that no token can have: set it anew.';
    throw new ConfigError('tracking_token_invalid', message, { field: 'MLFLOW_TRACKING_TOKEN' });
  }
  if (url.username === '') return undefined;
  return basic(decoded(url.username), decoded(url.password));
}

/** A per cent sign that stands for itself is no mistake in a password. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** RFC 7617, with its charset UTF-8. */
function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The tracking URI as people may see it: without credentials. */
export function shownUri(trackingUri: string): string {
  const { origin, pathname } = parseTrackingUri(trackingUri);
  return origin + pathname;
}
