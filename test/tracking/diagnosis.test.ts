import { describe, expect, test } from 'vitest';
import {
  type ConnectionFacts,
  connectionAdvice,
  diagnose,
  isBeforeTls,
  type Refusal,
} from '../../src/tracking/diagnosis.ts';

const NOBODY: ConnectionFacts = { credentials: 'none', hasWorkspace: false };
const ADA: ConnectionFacts = { credentials: 'password', hasWorkspace: false };
const TOKEN: ConnectionFacts = { credentials: 'token', hasWorkspace: false };
const TEAM: ConnectionFacts = { credentials: 'none', hasWorkspace: true };
const refusal = (status: number, said = '', errorCode?: string): Refusal => ({ status, errorCode, said });
const DB = '(psycopg2.errors.';

describe('what a refusal is about, and what to change', () => {
  test.each<[string, Refusal, ConnectionFacts, string, RegExp | undefined]>([
    [
      'no password',
      refusal(401, 'You are not authenticated.'),
      NOBODY,
      'settings',
      /^Set MLFLOW_TRACKING_USERNAME/,
    ],
    [
      'a wrong password',
      refusal(401, 'You are not authenticated.'),
      ADA,
      'settings',
      /^Check MLFLOW_TRACKING_USERNAME/,
    ],
    ['a wrong token', refusal(401), TOKEN, 'settings', /^Check MLFLOW_TRACKING_TOKEN\.$/],
    ['a password for a proxy', refusal(407), NOBODY, 'settings', /^Set MLFLOW_TRACKING_USERNAME/],
    [
      'a missing permission',
      refusal(403, 'Permission denied'),
      ADA,
      'permission',
      /user of MLFLOW_TRACKING_USERNAME the permission EDIT/,
    ],
    ['a missing permission of a token', refusal(403), TOKEN, 'permission', /owner of MLFLOW_TRACKING_TOKEN/],
    ['403 without credentials', refusal(403), NOBODY, 'settings', /^Set MLFLOW_TRACKING_USERNAME/],
    [
      '--allowed-hosts',
      refusal(403, 'Invalid Host header - possible DNS rebinding attack detected'),
      ADA,
      'settings',
      /^Start MLflow with --allowed-hosts/,
    ],
    ['a redirect', refusal(302), NOBODY, 'settings', /redirect/],
    ['another server', refusal(404, 'Not Found'), NOBODY, 'settings', /^Check MLFLOW_TRACKING_URI/],
    [
      'a method that a file server does not take',
      refusal(405),
      NOBODY,
      'settings',
      /^Check MLFLOW_TRACKING_URI/,
    ],
    [
      'http to the https port of nginx',
      refusal(400, 'The plain HTTP request was sent to HTTPS port'),
      NOBODY,
      'settings',
      /^Write https:/,
    ],
    [
      'http to the https port of Go',
      refusal(400, 'Client sent an HTTP request to an HTTPS server.'),
      NOBODY,
      'settings',
      /^Write https:/,
    ],
    [
      'no certificate for nginx',
      refusal(400, '400 No required SSL certificate was sent'),
      NOBODY,
      'settings',
      /MLFLOW_TRACKING_CLIENT_CERT_PATH/,
    ],
    [
      'an unknown endpoint',
      refusal(404, 'no', 'ENDPOINT_NOT_FOUND'),
      NOBODY,
      'settings',
      /^Check MLFLOW_TRACKING_URI/,
    ],
    [
      'a needed workspace',
      refusal(400, 'Active workspace is required. Set', 'INVALID_PARAMETER_VALUE'),
      NOBODY,
      'settings',
      /^Set MLFLOW_WORKSPACE/,
    ],
    [
      'an unknown workspace',
      refusal(404, "Workspace 'x' not found", 'RESOURCE_DOES_NOT_EXIST'),
      TEAM,
      'settings',
      /^Correct MLFLOW_WORKSPACE/,
    ],
    [
      'a file too large for a proxy',
      refusal(413, '413 Request Entity Too Large'),
      NOBODY,
      'size',
      /client_max_body_size/,
    ],
    [
      'a value that MLflow rejects',
      refusal(400, "Invalid value 'x'", 'INVALID_PARAMETER_VALUE'),
      NOBODY,
      'record',
      undefined,
    ],
    [
      'something that MLflow does not have',
      refusal(404, 'No such run', 'RESOURCE_DOES_NOT_EXIST'),
      NOBODY,
      'record',
      undefined,
    ],
    [
      'a value too long for the database',
      refusal(400, `${DB}StringDataRightTruncation) value too long`, 'BAD_REQUEST'),
      NOBODY,
      'record',
      undefined,
    ],
    [
      'a doubled key',
      refusal(400, `${DB}UniqueViolation) duplicate key`, 'BAD_REQUEST'),
      NOBODY,
      'record',
      undefined,
    ],
    [
      'a database that may not be written',
      refusal(400, `${DB}InsufficientPrivilege) permission denied`, 'BAD_REQUEST'),
      NOBODY,
      'settings',
      /^Check MLflow's database/,
    ],
    [
      'a missing table',
      refusal(400, '(sqlite3.OperationalError) no such table: runs', 'BAD_REQUEST'),
      NOBODY,
      'settings',
      /^Check MLflow's database/,
    ],
  ])('%s', (_name, refused, facts, of, advice) => {
    const diagnosis = diagnose(refused, facts);
    expect(diagnosis.of).toBe(of);
    if (advice === undefined) expect(diagnosis).not.toHaveProperty('advice');
    else expect(diagnosis.advice).toMatch(advice);
  });
});

describe('a connection that does not come about', () => {
  test.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', /MLFLOW_TRACKING_SERVER_CERT_PATH/, true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /MLFLOW_TRACKING_SERVER_CERT_PATH/, true],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /MLFLOW_TRACKING_SERVER_CERT_PATH/, true],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another host/, true],
    ['CERT_HAS_EXPIRED', /renew/, true],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /^Write http:/, true],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', /^Write http:/, true],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /MLFLOW_TRACKING_CLIENT_CERT_PATH/, true],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /TLS 1\.2 or 1\.3/, true],
    ['HPE_INVALID_CONSTANT', /^Write https:/, false],
  ])('%s', (code, advice, isBefore) => {
    expect(connectionAdvice(code)).toMatch(advice);
    expect(isBeforeTls(code)).toBe(isBefore);
  });

  test.each(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'])('%s says nothing about settings', (code) => {
    expect(connectionAdvice(code)).toBeUndefined();
    expect(isBeforeTls(code)).toBe(false);
  });
});
