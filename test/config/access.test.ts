import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { ConfigError } from '../../src/errors.ts';

const TOKEN = 'correct-horse-battery';
const OPEN = /^HOST=.* lets other machines in, so TRAINPOST_TOKEN must be set: /;

describe('TRAINPOST_TOKEN', () => {
  it.each([
    {},
    { HOST: '127.0.0.1' },
    { HOST: '127.1.2.3' },
    { HOST: '::1' },
    { HOST: 'localhost' },
    { HOST: 'LOCALHOST' },
  ])('is not required if only this machine reaches the port: %j', (env) => {
    expect(readConfig(env).access.token).toBeUndefined();
  });

  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.7',
    'train.example.com',
    // Some resolvers take these names for this machine, and some do not.
    '127.1',
    '0x7f.1',
    'a.localhost',
    '127.0.0.1.evil.com',
  ])('is required if HOST is %s', (host) => {
    expect(() => readConfig({ HOST: host })).toThrow(OPEN);
    expect(() => readConfig({ HOST: host })).toThrow(ConfigError);
    expect(readConfig({ HOST: host, TRAINPOST_TOKEN: TOKEN }).access.token).toBe(TOKEN);
    expect(readConfig({ HOST: host, TRAINPOST_TOKEN: 'none' }).access.token).toBeUndefined();
  });

  it('is asked for in one line', () => {
    expect(() => readConfig({ HOST: '0.0.0.0' })).toThrow(/^[^\n]*$/);
  });

  it('may be set if only this machine reaches the port', () => {
    expect(readConfig({ TRAINPOST_TOKEN: TOKEN }).access.token).toBe(TOKEN);
    expect(readConfig({ TRAINPOST_TOKEN: 'none' }).access.token).toBeUndefined();
  });

  it.each([
    'short',
    'fifteen-letters',
    'None',
    'off',
    'with a blank in it',
    `${TOKEN}\n`,
    'schlüssel-schlüssel',
    'x'.repeat(4097),
  ])('is rejected, and not shown, if it is %j', (token) => {
    const read = () => readConfig({ TRAINPOST_TOKEN: token });
    expect(read).toThrow(/^TRAINPOST_TOKEN must be 16 to 4096 characters/);
    expect(read).not.toThrow(token);
  });
});

describe('ALLOWED_HOSTS', () => {
  const allowed = (ALLOWED_HOSTS: string, HOST = '127.0.0.1') =>
    readConfig({ ALLOWED_HOSTS, HOST, TRAINPOST_TOKEN: TOKEN }).access.allowedHosts;

  it.each([
    ['train.example.com', ['train.example.com']],
    [
      ' Train.Example.Com. , *.Lab.example ,192.168.1.7',
      ['train.example.com', '*.lab.example', '192.168.1.7'],
    ],
    ['[::1],2001:DB8:0::1', ['::1', '2001:db8::1']],
    ['*', ['*']],
  ])('%j becomes %j', (text, hosts) => {
    expect(allowed(text)).toEqual(['127.0.0.1', ...hosts]);
  });

  it('includes HOST, unless HOST stands for every address', () => {
    expect(allowed('a', '192.168.1.7')).toEqual(['192.168.1.7', 'a']);
    expect(allowed('a', 'Train.example')).toEqual(['train.example', 'a']);
    expect(allowed('a', '0.0.0.0')).toEqual(['a']);
    expect(allowed('a', '::')).toEqual(['a']);
  });

  it.each([
    'a b',
    'http://a',
    'a:80',
    '*a',
    'a.*',
    '*.*.a',
    'a,',
    ',',
    'user@a',
    Array.from({ length: 101 }, () => 'a').join(','),
  ])('refuses %j in one line', (text) => {
    expect(() => allowed(text)).toThrow(/^ALLOWED_HOSTS=.* must be at most 100 names or addresses[^\n]*$/);
  });
});

describe('a message about an address', () => {
  it.each([
    'ftp://ann:secret@mlflow.example',
    'ann:secret@mlflow.example',
    'http://ann:se/cret@secret@:x',
    'http://ann:secret@mlflow.example:99999',
  ])('does not show the password in %s', (uri) => {
    const read = () => readConfig({ MLFLOW_TRACKING_URI: uri });
    expect(read).toThrow(/MLFLOW_TRACKING_URI="\*\*\*@/);
    expect(read).not.toThrow(/secret|ann/);
  });

  it('does not show the password of a public URL, which is rejected', () => {
    const read = () => readConfig({ MLFLOW_PUBLIC_URL: 'https://ann:secret@mlflow.example' });
    expect(read).toThrow(
      'MLFLOW_PUBLIC_URL="***@mlflow.example" must be an address without name and password, because everyone sees it in answers',
    );
  });
});
