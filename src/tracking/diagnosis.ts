/** What the advice about a refused call depends on. */
export interface ConnectionFacts {
  /** How the calls identify themselves. */
  readonly credentials: 'password' | 'token' | 'none';
  readonly hasWorkspace: boolean;
}

/**
 * What a refusal is about, which decides what becomes of the record:
 * - `record`: MLflow's own words about what it got. The same call would be refused again.
 * - `size`: something before MLflow takes no request of that size. Other records may pass.
 * - `permission`: the user may not do this here. Other experiments may be open to the user.
 * - `settings`: no delivery passes until somebody corrects the settings of trainpost, of MLflow or of a proxy.
 */
export type RefusalOf = 'record' | 'size' | 'permission' | 'settings';

export interface Diagnosis {
  readonly of: RefusalOf;
  /** One sentence that says what to change; undefined if MLflow's words say it. */
  readonly advice?: string;
}

/** A response that is not a success, as far as the diagnosis needs it. */
export interface Refusal {
  readonly status: number;
  /** MLflow's own code; undefined if the response is not in MLflow's form. */
  readonly errorCode: string | undefined;
  readonly said: string;
}

const NO_HTTPS = 'Write https:// in MLFLOW_TRACKING_URI, because the port speaks TLS.';
const NO_HTTP = 'Write http:// in MLFLOW_TRACKING_URI, or the port that speaks TLS.';
const OTHER_SERVER =
  'Check MLFLOW_TRACKING_URI: no MLflow server of a version that trainpost supports answers there.';
const CLIENT_CERT =
  'Set MLFLOW_TRACKING_CLIENT_CERT_PATH to a certificate, with its private key, that the server accepts.';

/** nginx, Apache, Go and others, about a request without TLS on a port with TLS. */
const PLAIN_ON_TLS = /plain HTTP|HTTP request (?:was sent )?to an? HTTPS/i;
/** nginx, about a missing or an unknown certificate of the client. */
const CERTIFICATE_MISSING = /SSL certificate/i;
/** MLflow's words about a Host header that `--allowed-hosts` does not name. */
const HOST_REFUSED = /invalid host header/i;
/** MLflow's words if it needs a workspace, does not know it, or has no workspaces. */
const WORKSPACE =
  /^(?:Active workspace is required|Workspace '[^']*' not found|Workspace APIs are not available)/;
/** An error of the database, in the words of SQLAlchemy: `(psycopg2.errors.InsufficientPrivilege) …`. */
const DATABASE = /^\((?:\w+\.)+(\w+)\)/;
/** Errors of a database that are about the values; any other one is about the database itself. */
const ABOUT_VALUES =
  /Truncation|DataError|Integrity|Violation|OutOfRange|InvalidText|Character|Encoding|StatementTooComplex/;

const TOO_LARGE: ReadonlySet<number> = new Set([413, 414, 431]);
const UNAUTHENTICATED: ReadonlySet<number> = new Set([401, 407]);
const FORBIDDEN = 403;

/** Why a call was refused, and what to change. Responses with 5xx and 429 are failures instead, apart from MLflow's words about workspaces. */
export function diagnose(refusal: Refusal, facts: ConnectionFacts): Diagnosis {
  const { status, errorCode, said } = refusal;
  if (status < 400)
    return settings('A redirect is not followed: set MLFLOW_TRACKING_URI to the address it leads to.');
  if (isAboutWorkspaces(refusal)) return settings(workspaceAdvice(facts));
  if (UNAUTHENTICATED.has(status)) return settings(credentialsAdvice(facts));
  if (status === FORBIDDEN) return forbidden(said, facts);
  if (errorCode === undefined) return notMlflows(status, said);
  const [, databaseError] = DATABASE.exec(said) ?? [];
  if (errorCode === 'ENDPOINT_NOT_FOUND') return settings(OTHER_SERVER);
  if (errorCode !== 'BAD_REQUEST' || databaseError === undefined || ABOUT_VALUES.test(databaseError)) {
    return { of: 'record' };
  }
  return settings("Check MLflow's database: MLflow cannot use it as it is.");
}

/** Whether MLflow's words are about workspaces. MLflow says so with several status codes. */
export function isAboutWorkspaces({ errorCode, said }: Pick<Refusal, 'errorCode' | 'said'>): boolean {
  return errorCode !== undefined && WORKSPACE.test(said);
}

export function workspaceAdvice({ hasWorkspace }: ConnectionFacts): string {
  return hasWorkspace
    ? 'Correct MLFLOW_WORKSPACE, or create that workspace in MLflow (mlflow server --enable-workspaces).'
    : 'Set MLFLOW_WORKSPACE, because this MLflow server has no default workspace.';
}

function settings(advice: string): Diagnosis {
  return { of: 'settings', advice };
}

function credentialsAdvice({ credentials }: ConnectionFacts): string {
  if (credentials === 'token') return 'Check MLFLOW_TRACKING_TOKEN.';
  if (credentials === 'password') return 'Check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.';
  return 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.';
}

function forbidden(said: string, facts: ConnectionFacts): Diagnosis {
  if (HOST_REFUSED.test(said)) {
    return settings('Start MLflow with --allowed-hosts and the host of MLFLOW_TRACKING_URI.');
  }
  if (facts.credentials === 'none') return settings(credentialsAdvice(facts));
  const who =
    facts.credentials === 'token'
      ? 'the owner of MLFLOW_TRACKING_TOKEN'
      : 'the user of MLFLOW_TRACKING_USERNAME';
  return {
    of: 'permission',
    advice: `Give ${who} the permission EDIT for the experiment and the registered model.`,
  };
}

/** A response of a proxy, or of another server. */
function notMlflows(status: number, said: string): Diagnosis {
  if (TOO_LARGE.has(status)) {
    return {
      of: 'size',
      advice: 'Raise the limit of the proxy before MLflow (nginx: client_max_body_size).',
    };
  }
  if (PLAIN_ON_TLS.test(said)) return settings(NO_HTTPS);
  if (CERTIFICATE_MISSING.test(said)) return settings(CLIENT_CERT);
  return settings(OTHER_SERVER);
}

/** Codes of Node and OpenSSL for a TLS connection that did not come about, by what to change. */
const TLS_ADVICE: readonly (readonly [code: RegExp, advice: string])[] = [
  [
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET|VERIFY).*|CERT_UNTRUSTED|INVALID_CA)$/,
    'Set MLFLOW_TRACKING_SERVER_CERT_PATH to the certificate of the authority that signed the certificate of MLflow.',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'The certificate of MLflow is for another host: use a host of the certificate in MLFLOW_TRACKING_URI.',
  ],
  [
    /^(?:CERT_(?:HAS_EXPIRED|NOT_YET_VALID|REVOKED|REJECTED|SIGNATURE_FAILURE)|CRL_.*)$/,
    'The certificate of MLflow is not valid (any more): renew it.',
  ],
  [/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/, NO_HTTP],
  [
    /^ERR_SSL_(?:TLSV1|TLSV13|SSLV3|SSL\/TLS)_ALERT_(?:CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_\w+)$/,
    CLIENT_CERT,
  ],
  [
    /^ERR_SSL_(?:\w+_ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)$/,
    'MLflow and trainpost have no version of TLS in common: allow TLS 1.2 or 1.3 at the server.',
  ],
];

/** What to change after a connection failed; undefined if the code says nothing about settings. */
export function connectionAdvice(code: string): string | undefined {
  if (code.startsWith('HPE_'))
    return `${NO_HTTPS.slice(0, -1)}, or lead the address to a server that speaks HTTP.`;
  return TLS_ADVICE.find(([pattern]) => pattern.test(code))?.[1];
}

/** Whether a TLS connection did not come about, so that nothing was sent. */
export function isBeforeTls(code: string): boolean {
  return TLS_ADVICE.some(([pattern]) => pattern.test(code));
}
