import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

const CSV = Buffer.from('a,Outcome\n1,0\n2,1\n');
const HEAD = '--b\r\nContent-Disposition: form-data; name="tol"\r\n\r\n1\r\n';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const post = () => request(service.server).post('/train');
const form = () => post().attach('train_file', CSV, 'data.csv');
const raw = (body: string, type = 'multipart/form-data; boundary=b') =>
  post().set('Content-Type', type).send(body);

describe('a rejected form', () => {
  it.each<[string, () => request.Test, number, object, RegExp]>([
    [
      'a file in another field',
      () => post().attach('file', CSV, 'data.csv'),
      422,
      { code: 'unexpected_file', field: 'file' },
      /^The field "file" has a file, but the file belongs in train_file: .*-F train_file=@data\.csv/,
    ],
    [
      'a second file in another field',
      () => form().attach('valid_file', CSV, 'test.csv'),
      422,
      { code: 'unexpected_file', field: 'valid_file' },
      /train_file/,
    ],
    [
      'two files',
      () => form().attach('train_file', CSV, 'b.csv'),
      422,
      { code: 'unexpected_file', field: 'train_file', limit: 1, actual: 2 },
      /^The form has more than one file in train_file: send one file there\.$/,
    ],
    [
      'two test files',
      () => post().attach('test_file', CSV, 'a.csv').attach('test_file', CSV, 'b.csv'),
      422,
      { code: 'unexpected_file', field: 'test_file', limit: 1, actual: 2 },
      /^The form has more than one file in test_file: send one file there\.$/,
    ],
    [
      'three files',
      () => form().attach('test_file', CSV, 'a.csv').attach('train_file', CSV, 'b.csv'),
      422,
      { code: 'unexpected_file', field: 'train_file', limit: 2, actual: 3 },
      /^The form has more than two files: send one file in train_file, and one in test_file/,
    ],
    [
      'a value that is too long',
      () => form().field('exp_name', 'x'.repeat(4_097)),
      400,
      { code: 'field_value_too_long', field: 'exp_name', limit: 4_096, actual: 4_097 },
      /^The value of the field "exp_name" is longer than 4096 bytes: shorten it/,
    ],
    [
      'a name that is too long',
      () => form().field('x'.repeat(65), '1'),
      400,
      { code: 'field_name_too_long', limit: 64, actual: 65 },
      /^A field has a name of more than 64 characters.*write name=value/,
    ],
    [
      'a nested name',
      () => form().field('tags[a][b]', 'x'),
      400,
      { field: 'tags[a][b]' },
      /^The field name "tags\[a\]\[b\]" has brackets, .*use the plain name/,
    ],
    [
      'a name that ends in brackets',
      () => form().field('ignore[]', 'a'),
      400,
      { field: 'ignore[]' },
      /^The field name "ignore\[\]" has brackets/,
    ],
    [
      'too many fields',
      () => raw(`${HEAD.repeat(101)}--b--\r\n`),
      400,
      { code: 'too_many_fields', limit: 100, actual: 101 },
      /^The form has more than 100 fields: .*separated by commas/,
    ],
    [
      'a part without a name',
      () => raw('--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--\r\n'),
      400,
      {},
      /^A part of the form has no name: name each field \(curl -F name=value\)\.$/,
    ],
    [
      'a form that is cut off',
      () => raw(HEAD),
      400,
      {},
      /^The form has no closing boundary, .*send it again/,
    ],
    [
      'no boundary',
      () => raw(HEAD, 'multipart/form-data'),
      400,
      {},
      /^The Content-Type has no boundary: let the HTTP client write this header/,
    ],
    [
      'a malformed header',
      () => raw('--b\r\nContent-Disposition\r\n\r\n1\r\n--b--\r\n'),
      400,
      {},
      /^A part of the form has a malformed header: let the HTTP client write the form/,
    ],
  ])('%s', async (_name, call, status, details, says) => {
    const { body } = await call().expect(status);
    expect(body).toMatchObject({
      code: status === 400 ? 'malformed_multipart' : 'unexpected_file',
      ...details,
    });
    expect(body.detail).toMatch(says);
    expect(body.detail).toMatch(/[^.]\.$/);
    expect(service.uploads()).toEqual([]);
  });
});
