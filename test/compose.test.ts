import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../src/config/index.ts';

const ROOT = join(import.meta.dirname, '..');
const COMPOSE = [
  ['docker', ['compose']],
  ['docker-compose', []],
] as const;

interface Service {
  readonly build?: { readonly context: string };
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test: readonly string[]; readonly timeout: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly ports?: readonly (string | { readonly host_ip: string; readonly published: string })[];
  readonly volumes?: readonly (string | { readonly source: string; readonly target: string })[];
}

interface Project {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = COMPOSE.find(([command, args]) => spawnSync(command, [...args, 'version']).status === 0);
if (!compose) {
  const missing = 'docker compose is missing, so docker-compose.yml is not tested';
  if (process.env['CI'] === 'true') throw new Error(`${missing}; with CI=true, no test may be skipped`);
  console.warn(missing);
}

/** The project as `docker compose config` reads it. The command rejects a file that it does not understand. */
function config(env: NodeJS.ProcessEnv = {}): Project {
  const [command, args] = compose!;
  const { status, stdout, stderr } = spawnSync(command, [...args, 'config'], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return parse(stdout) as Project;
}

const lastUser = (dockerfile: string) => {
  const lines = readFileSync(join(ROOT, dockerfile), 'utf8').split('\n');
  return lines.findLast((line) => line.startsWith('USER '));
};

describe.skipIf(!compose)('docker-compose.yml', () => {
  const { services, networks, volumes } = compose ? config() : { services: {}, networks: {}, volumes: {} };
  const names = ['trainpost', 'mlflow', 'postgres'];

  it('has three services', () => {
    expect(Object.keys(services).sort()).toEqual([...names].sort());
  });

  it.each([
    ['trainpost', '/health/ready'],
    ['mlflow', '/health'],
    ['postgres', 'pg_isready'],
  ])('%s has a health check', (name, asked) => {
    expect(services[name]!.healthcheck.test.join(' ')).toContain(asked);
    expect(services[name]!.healthcheck.timeout).toBe('3s');
  });

  it.each([
    ['trainpost', 'mlflow'],
    ['mlflow', 'postgres'],
  ])('%s waits until %s is healthy', (name, other) => {
    expect(services[name]!.depends_on?.[other]?.condition).toBe('service_healthy');
  });

  it.each([
    ['trainpost', ['5005']],
    ['mlflow', ['5000']],
    ['postgres', []],
  ])('%s is published on this machine only: %j', (name, expected) => {
    const ports = (services[name]!.ports ?? []).map((port) =>
      typeof port === 'string' ? port.split(':') : [port.host_ip, port.published],
    );
    expect(ports.map(([host, published]) => [host, published])).toEqual(
      expected.map((port) => ['127.0.0.1', port]),
    );
  });

  it.each([
    ['trainpost', 'spool', '/app/spool'],
    ['trainpost', 'spool', '/app/spool'],
    ['mlflow', 'artifacts', '/artifacts'],
    ['postgres', 'database', '/var/lib/postgresql/data'],
  ])('%s keeps its data in the volume %s', (name, source, target) => {
    const mounts = services[name]!.volumes!.map((volume) =>
      typeof volume === 'string' ? volume.split(':') : [volume.source, volume.target],
    );
    expect(mounts.map(([from, to]) => [from, to])).toEqual([[source, target]]);
    expect(volumes).toHaveProperty(source);
  });

  it.each([
    [
      'trainpost',
      {
        HOST: '0.0.0.0',
        MLFLOW_TRACKING_URI: 'http://mlflow:5000',
        MLFLOW_PUBLIC_URL: 'http://localhost:5000',
      },
    ],
    [
      'mlflow',
      { MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', MLFLOW_DISABLE_TELEMETRY: 'true', PGHOST: 'postgres' },
    ],
  ])('%s has its settings', (name, settings) => {
    expect(services[name]!.environment).toMatchObject(settings);
  });

  it.each([
    '--allowed-hosts=mlflow:5000,localhost:*,127.0.0.1:*',
    '--artifacts-destination=/artifacts',
    // Without a named driver, SQLAlchemy 2.1 takes another driver than the installed one.
    '--backend-store-uri=postgresql+psycopg2://',
    '--workers=1',
  ])('MLflow is started with %s', (option) => {
    expect(services['mlflow']!.command).toContain(option);
  });

  it('only MLflow reaches the database', () => {
    const inside = names.filter((name) => 'database' in services[name]!.networks);
    expect(inside).toEqual(['mlflow', 'postgres']);
    expect(networks['database']?.internal).toBe(true);
  });

  it('trainpost starts with the settings of the file, and with a token', () => {
    const open = readConfig(services['trainpost']!.environment).access;
    expect(open).toEqual({ allowedHosts: ['trainpost'] });
    const closed = config({ TRAINPOST_TOKEN: 'correct-horse-battery', ALLOWED_HOSTS: 'train.example.com' });
    expect(readConfig(closed.services['trainpost']!.environment).access).toEqual({
      allowedHosts: ['train.example.com'],
      token: 'correct-horse-battery',
    });
  });

  it('MLflow and PostgreSQL take the password from the environment', () => {
    const given = config({ POSTGRES_PASSWORD: 'p@ss/w:ord' }).services;
    expect(given['postgres']!.environment['POSTGRES_PASSWORD']).toBe('p@ss/w:ord');
    expect(given['mlflow']!.environment['PGPASSWORD']).toBe('p@ss/w:ord');
  });
});

describe('the images', () => {
  it.each([
    ['Dockerfile', 'USER node'],
    ['docker/mlflow.Dockerfile', 'USER mlflow'],
  ])('%s does not run as root', (dockerfile, user) => {
    expect(lastUser(dockerfile)).toBe(user);
  });

  it("trainpost's image checks the health of the process, and not of MLflow", () => {
    const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ');
    const [, command] = /^HEALTHCHECK .*CMD (\[.*\])$/m.exec(dockerfile) ?? [];
    const [program, ...args] = JSON.parse(command as string) as [string, ...string[]];
    expect(program).toBe('node');
    expect(args.join(' ')).toContain('/health/live');
    // The command must run and report that nothing listens at port 1.
    const { status, stderr } = spawnSync(program, args, {
      env: { ...process.env, PORT: '1' },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, '']);
  });

  it('have the MLflow that npm start installs', () => {
    const pin = /mlflow==[\d.]+/;
    const [launched] = readFileSync(join(ROOT, 'src/launcher/localMlflow.ts'), 'utf8').match(pin)!;
    const [built] = readFileSync(join(ROOT, 'docker/mlflow.Dockerfile'), 'utf8').match(pin)!;
    expect(built).toBe(launched);
  });
});
