import { describe, expect, it } from 'vitest';
import { type ModelReference, parseModelUri } from '../../src/models/modelUri.ts';

describe('parseModelUri', () => {
  it.each<[string, ModelReference]>([
    ['models:/credit@champion', { kind: 'alias', name: 'credit', alias: 'champion' }],
    ['models:/Größe "XL" é@the best', { kind: 'alias', name: 'Größe "XL" é', alias: 'the best' }],
    ['models:/a@b@c', { kind: 'alias', name: 'a@b', alias: 'c' }],
    ['models:/a@b/3', { kind: 'version', name: 'a@b', version: '3' }],
    [' models:/credit/3 ', { kind: 'version', name: 'credit', version: '3' }],
    ['models:///credit/12', { kind: 'version', name: 'credit', version: '12' }],
    ['models:/m-0123456789abcdef', { kind: 'model', modelId: 'm-0123456789abcdef' }],
    ['models:/m-0/1', { kind: 'version', name: 'm-0', version: '1' }],
    ['runs:/0123abcd/credit-model', { kind: 'run', runId: '0123abcd', name: 'credit-model' }],
    ['runs:/0123abcd/deep/er', { kind: 'run', runId: '0123abcd', name: 'deep/er' }],
  ])('reads %s', (uri, expected) => {
    expect(parseModelUri(uri)).toEqual(expected);
  });

  it.each([
    ['', 'write models:/NAME@ALIAS, models:/NAME/VERSION, models:/m-ID or runs:/RUN_ID/NAME'],
    ['credit', 'write models:/NAME@ALIAS'],
    ['models:/credit', 'add a version (/3) or an alias (@champion)'],
    ['models:/credit/latest', 'name a version by its number'],
    ['models:/credit/Production', 'name a version by its number'],
    ['models:/credit/0', 'name a version by its number'],
    ['models:/cre\ndit/3', ''],
    ['runs:/0123abcd', 'write'],
    ['runs:/0123abcd/..', 'write'],
    ['runs:/0123abcd/a/../../b', 'write'],
    ['runs:/0123abcd/a//b', 'write'],
    ['runs:/../x', 'write'],
    ['s3://bucket/model', 'write'],
    [`models:/${'x'.repeat(3_000)}/1`, ''],
  ])('rejects %s', (uri, advice) => {
    expect(() => parseModelUri(uri)).toThrow(
      expect.objectContaining({
        code: 'model_uri',
        message: expect.stringContaining(advice),
        details: expect.objectContaining({ field: 'model', value: uri }),
      }),
    );
  });
});
