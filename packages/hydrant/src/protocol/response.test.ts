import { describe, expect, it } from 'vitest';
import { parseResponseMode } from './response-mode.js';
import {
  defaultResponseMode,
  isHybrid,
  isImplicit,
  matchResponseType,
  parseResponseType,
  responseKind,
} from './response-type.js';

describe('response types', () => {
  it.each([
    [['code', 'code id_token'], 'id_token code', true],
    [['code', 'code id_token'], 'id_token', false],
    [['code id_token token'], 'token code id_token', true],
    [['code'], 'code  code', true],
    [['code'], 'token', false],
    [['code'], '', false],
    [['code'], undefined, false],
    [[], 'code', true],
    [[], 'token', false],
    [['bogus code'], 'code bogus', true],
    [[''], '', false],
  ])('registered %j, requested %j', (registered, requested, allowed) => {
    expect(matchResponseType(registered, parseResponseType(requested))).toBe(allowed);
  });

  it.each([
    ['code', 'code', 'query'],
    ['token', 'implicit', 'fragment'],
    ['id_token', 'implicit', 'fragment'],
    ['token id_token', 'implicit', 'fragment'],
    ['code token', 'hybrid', 'fragment'],
    ['code id_token', 'hybrid', 'fragment'],
    ['bogus code', undefined, 'query'],
    ['', undefined, 'query'],
  ])('%j is %s, answered by %s', (text, kind, mode) => {
    const types = parseResponseType(text);
    expect(responseKind(types)).toBe(kind);
    expect([isImplicit(types), isHybrid(types)]).toEqual([kind === 'implicit', kind === 'hybrid']);
    expect(defaultResponseMode(types)).toBe(mode);
  });
});

describe('parseResponseMode', () => {
  it('knows three words and nothing else', () => {
    expect(['query', 'fragment', 'form_post', '', undefined].map(parseResponseMode)).toEqual([
      ...['query', 'fragment', 'form_post'],
      ...[undefined, undefined],
    ]);
    for (const text of ['bogus', 'Query', 'query ', 'constructor']) {
      expect(() => parseResponseMode(text)).toThrow(expect.objectContaining({ code: 'unsupported_response_mode' }));
    }
  });
});
