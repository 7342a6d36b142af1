import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { tlsOf } from '../../src/tracking/tls.ts';

const dir = mkdtempSync(join(tmpdir(), 'trainpost-tls-'));
afterAll(() => rmSync(dir, { recursive: true }));

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};

describe('tlsOf', () => {
  test('without settings is what Node does by itself', () => {
    expect(tlsOf({})).toEqual({});
  });

  test('reads authorities from a file, or from all files of a folder', () => {
    const serverCertPath = file('ca.pem', CERTIFICATE);
    expect(tlsOf({ serverCertPath })).toEqual({ ca: CERTIFICATE });
    expect(tlsOf({ serverCertPath: dir }).ca).toContain(CERTIFICATE);
  });

  test('reads a certificate and its key from one file', () => {
    const clientCertPath = file('client.pem', CERTIFICATE + KEY);
    expect(tlsOf({ clientCertPath })).toEqual({ cert: CERTIFICATE + KEY, key: CERTIFICATE + KEY });
  });

  test('takes any certificate only if asked to', () => {
    expect(tlsOf({ insecureTls: true })).toEqual({ rejectUnauthorized: false });
    expect(tlsOf({ insecureTls: false })).toEqual({});
  });

  test.each([
    ['SERVER', 'serverCertPath', join(dir, 'absent.pem'), /cannot be read \(ENOENT\): name a PEM file/],
    ['SERVER', 'serverCertPath', file('note.txt', 'hello'), /holds no PEM text with a certificate: name/],
    [
      'CLIENT',
      'clientCertPath',
      file('half.pem', CERTIFICATE),
      /with a certificate and its private key: name/,
    ],
  ])('rejects a wrong file of MLFLOW_TRACKING_%s_CERT_PATH', (which, option, path, says) => {
    expect(() => tlsOf({ [option]: path })).toThrow(
      expect.objectContaining({
        code: 'tracking_certificate',
        message: expect.stringMatching(says),
        details: { field: `MLFLOW_TRACKING_${which}_CERT_PATH` },
      }),
    );
  });
});
