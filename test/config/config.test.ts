import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { ConfigError } from '../../src/errors.ts';

describe('readConfig', () => {
  it('has a default for every setting', () => {
    expect(readConfig({})).toMatchObject({
      listen: { host: '127.0.0.1', port: 5005 },
      access: { allowedHosts: ['127.0.0.1'] },
      mlflow: { localPort: 5000, callTimeoutMs: 30_000 },
      upload: {
        dir: 'temp',
        fileBytesMax: 200_000_000,
        fieldsMax: 100,
        partsMax: 102,
        fieldNameCharsMax: 64,
        fieldValueBytesMax: 4_096,
        atOnceMax: 8,
        stallMs: 30_000,
        timeoutMs: 900_000,
      },
      table: {
        rows: 5_000_000,
        columns: 1_000,
        cells: 50_000_000,
        cellChars: 65_536,
        lineChars: 1_048_576,
      },
      training: { parseTimeoutMs: 60_000, waitingMax: 16, timeoutMs: 300_000 },
      spool: {
        dir: 'spool',
        recordsMax: 1_000,
        bytesMax: 1_000_000_000,
        diskFreeMin: 0.1,
        keptMs: 86_400_000,
        deadKeptMs: 2_592_000_000,
      },
      connections: { max: 1_024, headersTimeoutMs: 10_000, keepAliveMs: 5_000 },
      delivery: { quarantineMs: 120_000, recheckMs: 600_000, atOnce: 2 },
      wait: { defaultMs: 20_000, maxMs: 300_000 },
      names: { signature: 'inferred' },
      process: { graceMs: 30_000, logLevel: 'info' },
    });
  });

  it('treats an empty variable as not set', () => {
    expect(readConfig({ PORT: '', MLFLOW_TRACKING_URI: '' })).toEqual(readConfig({}));
  });

  it('reads variables that are set', () => {
    const config = readConfig({
      PORT: '0',
      MLFLOW_TRACKING_URI: 'https://mlflow.example/prefix/',
      MLFLOW_TRACKING_USERNAME: 'ann',
      MLFLOW_TRACKING_PASSWORD: 'secret',
      MODEL_NAME: 'diabetes-model',
      TRAINING_THREADS: '3',
    });
    expect(config).toMatchObject({
      listen: { port: 0 },
      names: { modelName: 'diabetes-model' },
      mlflow: { trackingUri: 'https://mlflow.example/prefix', username: 'ann', password: 'secret' },
      training: { threads: 3 },
    });
  });

  it("reads the settings of MLflow's own client", () => {
    const config = readConfig({
      MLFLOW_WORKSPACE: 'team-a',
      MLFLOW_TRACKING_INSECURE_TLS: 'True',
      MLFLOW_TRACKING_CLIENT_CERT_PATH: '/etc/client.pem',
      MODEL_SIGNATURE: 'any',
    });
    expect(config).toMatchObject({
      mlflow: { workspace: 'team-a', insecureTls: true, clientCertPath: '/etc/client.pem' },
      names: { signature: 'any' },
    });
    expect(readConfig({ MLFLOW_TRACKING_INSECURE_TLS: '0' }).mlflow.insecureTls).toBe(false);
  });

  it.each([
    [
      { MLFLOW_WORKSPACE: 'Team A' },
      'MLFLOW_WORKSPACE="Team A" must be the name of a workspace: 2 to 63 lower-case letters, digits and hyphens inside',
    ],
    [
      { MLFLOW_TRACKING_INSECURE_TLS: 'maybe' },
      'MLFLOW_TRACKING_INSECURE_TLS="maybe" must be true, false, 1 or 0',
    ],
    [
      { MLFLOW_TRACKING_INSECURE_TLS: 'true', MLFLOW_TRACKING_SERVER_CERT_PATH: '/ca.pem' },
      'MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH exclude each other: set one of them',
    ],
    [{ MODEL_SIGNATURE: 'double' }, 'MODEL_SIGNATURE="double" must be one of inferred, any, none'],
    [{ PORT: 'abc' }, 'PORT="abc" must be a whole number from 0 to 65535'],
    [{ PORT: '65536' }, 'PORT="65536" must be a whole number from 0 to 65535'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL="loud" must be one of fatal, error, warn, info, debug, trace, silent'],
    [
      { MLFLOW_TRACKING_URI: 'databricks' },
      'MLFLOW_TRACKING_URI="databricks" must be an http:// or https:// address of an MLflow server, such as http://127.0.0.1:5000',
    ],
    [
      { MLFLOW_TRACKING_URI: 'file:///mlruns' },
      'MLFLOW_TRACKING_URI="file:///mlruns" must be an http:// or https:// address of an MLflow server, such as http://127.0.0.1:5000',
    ],
    [
      { MODEL_NAME: 'a/b' },
      'MODEL_NAME="a/b" must be 1 to 250 characters, and none of the characters / : . % " \' # ?',
    ],
    [
      { MLFLOW_TRACKING_TOKEN: 'two words' },
      'MLFLOW_TRACKING_TOKEN must be a token without spaces, line ends and other characters that no header can have',
    ],
    [
      { SPOOL_DISK_FREE_PERCENT_MIN: '100' },
      'SPOOL_DISK_FREE_PERCENT_MIN="100" must be a whole number of percent from 0 to 99',
    ],
    [{ TRAINING_THREADS: '0' }, 'TRAINING_THREADS="0" must be a whole number from 1 to 256'],
    [
      { MLFLOW_TRACKING_PASSWORD: 'secret' },
      'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD go together: set both or neither',
    ],
  ])('refuses %j in one line', (env, line) => {
    expect(() => readConfig(env)).toThrow(new ConfigError('config', line));
  });

  it('names every mistake, each in its own line', () => {
    expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/^PORT=.*\nLOG_LEVEL=.*$/);
  });
});
