import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { devNull } from 'node:os';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelStore } from '../../../src/models/port.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { MODEL_URI, readyModel } from './model.ts';

const ready = readyModel();
const THREE = 'numbers and text, three classes, imputed by median';
const models: ModelStore = { load: (uri) => Promise.resolve(uri === MODEL_URI ? ready : readyModel(THREE)) };
const HEADER = 'id,plan,age,city,net income,note';
/** The exit code for a connection that is reset while curl reads. */
const CURL_RECEIVE_ERROR = 56;
const CLASSES = 'prediction,probability_no,probability_yes';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ models, modelUri: MODEL_URI });
});
afterAll(() => service.close());

async function post(body: string | Uint8Array | FormData, query = '') {
  const headers = body instanceof FormData ? {} : { 'Content-Type': 'text/csv' };
  const response = await fetch(`${service.url}/predict${query}`, {
    method: 'POST',
    headers,
    body: body as string,
  });
  return { status: response.status, type: response.headers.get('Content-Type'), text: await response.text() };
}

/** What the model says of a row with age, city, net income and plan. */
function said(age: number, city: string | null, income: number, plan: string): string {
  const { labels, probabilities } = ready.predictor.predict(
    [Float64Array.of(age), [city], Float64Array.of(income), [plan]],
    1,
  );
  return [labels[0], ...probabilities].join(',');
}

function formOf(...parts: readonly (readonly [name: string, value: string | Blob])[]): FormData {
  const form = new FormData();
  for (const [name, value] of parts) form.set(name, value);
  return form;
}

describe('POST /predict', () => {
  const csv = `${HEADER}\n7,pro,3,oslo,500.5,"a ""b"", c"\n8,plus,,,NA,\n`;
  const answer = `${HEADER},${CLASSES}\n7,pro,3,oslo,500.5,"a ""b"", c",${said(3, 'oslo', 500.5, 'pro')}\n8,plus,,,NA,,${said(Number.NaN, null, Number.NaN, 'plus')}\n`;

  it.each<[string, () => string | Uint8Array | FormData]>([
    ['a body', () => csv],
    ['a form', () => formOf(['file', new Blob([csv])])],
    ['gzip', () => gzipSync(csv)],
    ['a body without a last line end', () => csv.trimEnd()],
    ['a body with a mark and CRLF', () => `\ufeff${csv.replaceAll('\n', '\r\n')}`],
    ['a body in UTF-16', () => Buffer.from(`\ufeff${csv}`, 'utf16le')],
  ])('answers %s with the same rows', async (_name, body) => {
    expect(await post(body())).toEqual({ status: 200, type: 'text/csv; charset=utf-8', text: answer });
    expect(service.uploads()).toEqual([]);
  });

  it('keeps the delimiter and the decimal comma', async () => {
    const { text: got } = await post('plan;age;city;net income\npro;3;oslo;500,5\n');
    expect(got).toBe(
      `plan;age;city;net income;${CLASSES.replaceAll(',', ';')}\npro;3;oslo;500,5;${said(3, 'oslo', 500.5, 'pro').replaceAll(',', ';').replaceAll('.', ',')}\n`,
    );
  });

  it('explains', async () => {
    const { names, values } = ready.predictor.predict(
      [Float64Array.of(3), ['oslo'], Float64Array.of(5), ['pro']],
      1,
      { explain: true },
    ).contributions!;
    const [head, row] = (await post('age,city,net income,plan\n3,oslo,5,pro\n', '?explain=true')).text.split(
      '\n',
    );
    expect(row?.split(',').slice(-names.length).map(Number)).toEqual([...values]);
    expect(head).toContain('contribution_age');
  });

  it('explains each class of several', async () => {
    const { status, text: got } = await post(
      'Größe "XL",a b,plan,___x\noslo,1,pro,2\n'.replace('Größe "XL"', '"Größe ""XL"""'),
      '?model=models:/three/1&explain=1',
    );
    expect([status, got]).toEqual([
      200,
      expect.stringMatching(
        /probability_-1,probability_0,probability_3,.*contribution_-1_a b,.*contribution_3_a b/s,
      ),
    ]);
  });

  it('answers many rows in order', async () => {
    const rows = Array.from({ length: 50_000 }, (_, id) => `${id},pro,${id % 9},oslo,${id / 7},`);
    const lines = (await post([HEADER, ...rows, ''].join('\n'))).text.trimEnd().split('\n');
    expect(lines).toHaveLength(rows.length + 1);
    expect(lines.at(-1)).toBe(`${rows.at(-1)},${said(49_999 % 9, 'oslo', 49_999 / 7, 'pro')}`);
  });

  it.each<[string, string | FormData, string, number, string]>([
    ['a bad cell', `${HEADER}\n7,pro,3,oslo,secret,\n`, '', 400, 'wrong_value'],
    ['an infinite cell', `${HEADER}\n7,pro,3,oslo,inf,\n`, '', 400, 'cannot_be_predicted'],
    ['a missing column', 'age\n3\n', '', 400, 'missing_columns'],
    ['a column that is added', `${HEADER},prediction\n7,pro,3,oslo,5,,1\n`, '', 400, 'column_taken'],
    ['an empty body', '', '', 400, 'malformed_body'],
    ['a body of blanks', '\x0b', '', 400, 'empty_file'],
    ['a header line alone', `${HEADER}\n`, '', 400, 'malformed_body'],
    ['another parameter', csv, '?proba=true', 422, 'unknown_parameter'],
    ['another value of on_error', csv, '?on_error=skip', 422, 'wrong_parameter'],
    ['a form without a file', formOf(['file', 'x']), '', 422, 'unknown_field'],
    ['a file in another field', formOf(['train_file', new Blob([csv])]), '', 422, 'missing_file'],
    [
      'a damaged gzip file',
      new Blob([gzipSync(csv).subarray(0, 40)]) as unknown as string,
      '',
      400,
      'malformed_body',
    ],
  ])('rejects %s', async (_name, body, query, status, code) => {
    const got = await post(body, query);
    expect([got.status, JSON.parse(got.text)]).toMatchObject([status, { code }]);
    expect(got.text).not.toContain('secret');
    expect(service.uploads()).toEqual([]);
  });

  it('rejects another type', async () => {
    const response = await fetch(`${service.url}/predict`, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(415);
  });

  it('leaves the cells of bad rows empty for on_error=null', async () => {
    const { text: got } = await post(
      `${HEADER}\n7,pro,x,oslo,5,\n8,pro,3,oslo,inf,\n9,pro,3,oslo,5,\n`,
      '?on_error=null',
    );
    expect(got).toBe(
      `${HEADER},${CLASSES}\n7,pro,x,oslo,5,,,,\n8,pro,3,oslo,inf,,,,\n9,pro,3,oslo,5,,${said(3, 'oslo', 5, 'pro')}\n`,
    );
  });

  describe('with a bad cell far down', () => {
    const rows = Array.from(
      { length: 50_000 },
      (_, id) => `${id},pro,${id % 9},oslo,${id === 40_000 ? 'bad' : 5},`,
    );
    const body = [HEADER, ...rows, ''].join('\n');

    it('breaks off, so that a client can tell', async () => {
      await expect(post(body)).rejects.toThrow();
      await expect.poll(() => service.uploads()).toEqual([]);
      expect(service.lines.at(-1)).toMatchObject({ code: 'wrong_value' });
    });

    it('names the row in a trailer', async () => {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
      socket.write(
        `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      expect(await text(socket)).toMatch(
        /\r\n0\r\nTrainpost-Error: \{[^\r\n]*"code":"wrong_value"[^\r\n]*"row":40001[^\r\n]*\}\r\n$/,
      );
    });

    it('resets the connection of a client with HTTP/1.0', async () => {
      // Not Node's own client: if the reset comes before the client has read all bytes, libuv takes the reset for an end.
      const form = ['--header', 'Content-Type: text/csv', '--data-binary', '@-', '--output', devNull];
      const curl = spawn('curl', ['--silent', '--http1.0', ...form, `${service.url}/predict`]);
      curl.stdin.end(body);
      const [code] = await once(curl, 'close');
      expect(code).toBe(CURL_RECEIVE_ERROR);
    });

    it('does not keep the file of a client that leaves', async () => {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
      socket.write(
        `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      await new Promise((resolve) => socket.once('data', resolve));
      socket.destroy();
      await expect.poll(() => service.uploads()).toEqual([]);
    });
  });
});
