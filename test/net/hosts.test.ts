import { describe, expect, it } from 'vitest';
import { canonicalHost, isAnyAddress, isLoopback, parseAuthority } from '../../src/net/hosts.ts';

describe('canonicalHost', () => {
  it.each([
    ['localhost', 'localhost'],
    ['LocalHost', 'localhost'],
    ['localhost.', 'localhost'],
    ['Train.Example.COM', 'train.example.com'],
    ['my_app', 'my_app'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1.', '127.0.0.1'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::ffff:c0a8:0107', '192.168.1.7'],
    ['::ffff:255.255.255.255', '255.255.255.255'],
    ['0x7f.1', '0x7f.1'],
    ['127.1', '127.1'],
    ['a'.repeat(63), 'a'.repeat(63)],
  ])('turns %s into %s', (text, host) => {
    expect(canonicalHost(text)).toBe(host);
  });

  it.each([
    '',
    '.',
    'localhost..',
    '.localhost',
    'a..b',
    'user@localhost',
    'localhost:80',
    '[::1]',
    'fe80::1%eth0',
    'local host',
    'localhost\t',
    'localhost/x',
    'localhost?x',
    'localhost#x',
    'localhost\\x',
    'localhost%00',
    'bücher.example',
    '-a.example',
    'a-.example',
    'a,b',
    '*',
    'a'.repeat(254),
  ])('rejects %j', (text) => {
    expect(canonicalHost(text)).toBeUndefined();
  });
});

describe('parseAuthority', () => {
  it.each([
    ['localhost', { host: 'localhost' }],
    ['localhost:', { host: 'localhost' }],
    ['localhost:5005', { host: 'localhost', port: 5005 }],
    ['LOCALHOST.:05005', { host: 'localhost', port: 5005 }],
    ['[::1]', { host: '::1' }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
    ['[::FFFF:127.0.0.1]:1', { host: '127.0.0.1', port: 1 }],
  ])('reads %s', (text, authority) => {
    expect(parseAuthority(text)).toEqual(authority);
  });

  it.each([
    '',
    ':80',
    '::1',
    '::1:80',
    '[::1',
    '[::1]x',
    '[127.0.0.1]',
    '[localhost]',
    '[fe80::1%25eth0]',
    'localhost:65536',
    'localhost:123456',
    'localhost:-1',
    'localhost:8o',
    'localhost:80:80',
    'user:secret@localhost:80',
    'localhost, evil.example',
  ])('rejects %j', (text) => {
    expect(parseAuthority(text)).toBeUndefined();
  });
});

describe('isLoopback', () => {
  it.each(['localhost', '::1', '127.0.0.1', '127.0.0.53', '127.255.255.254'])('is true for %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '127.0.0.1.evil.com',
    'localhost.evil.com',
    'a.localhost',
    '127.1',
    '0x7f.1',
    '127.0.0.256',
    '128.0.0.1',
    '0.0.0.0',
    '::',
    '::2',
    '2130706433',
  ])('is false for %s', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

it('knows the addresses that stand for every address of the machine', () => {
  expect(['0.0.0.0', '::', '127.0.0.1', '::1'].map(isAnyAddress)).toEqual([true, true, false, false]);
});
