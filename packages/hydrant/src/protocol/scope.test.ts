import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversScope, formatScope, parseScope, scopeStrategy } from './scope.js';

describe('parseScope', () => {
  it.each([
    [undefined, []],
    ['', []],
    [' d ', ['d']],
    ['a.x  a.x', ['a.x']],
    ['b a b', ['b', 'a']],
    ['d\te', ['d\te']],
  ])('%j', (text, list) => expect(parseScope(text)).toEqual(list));

  it('is undone by formatScope and gives neither empty nor repeated items', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const list = parseScope(text);
        expect(list.every((scope) => scope !== '' && !scope.includes(' '))).toBe(true);
        expect(new Set(list).size).toBe(list.length);
        expect(parseScope(formatScope(list))).toEqual(list);
      }),
    );
  });
});

describe('scopeStrategy', () => {
  it.each([
    // The client of the recorded conversation: scope "a.* b.*.c d  e".
    ['wildcard', 'a.*', 'a.x', true],
    ['wildcard', 'a.*', 'a.x.y', true],
    ['wildcard', 'a.*', 'a', false],
    ['wildcard', 'a.*', 'a.', false],
    ['wildcard', 'a.*', 'A.x', false],
    ['wildcard', 'a.*', 'a.*', true],
    ['wildcard', 'a.*', '*', false],
    ['wildcard', 'b.*.c', 'b.x.c', true],
    ['wildcard', 'b.*.c', 'b.x.y.c', false],
    ['wildcard', 'b.*.c', 'b..c', false],
    ['wildcard', 'd', 'd.x', false],
    ['wildcard', '*', 'anything', true],
    ['wildcard', '*', '', false],
    ['wildcard', 'a.*.*', 'a.b', false],
    ['exact', 'a.*', 'a.x', false],
    ['exact', 'a.x', 'a.x', true],
    ['DEPRECATED_HIERARCHICAL_SCOPE_STRATEGY', 'a', 'a.b', true],
    ['DEPRECATED_HIERARCHICAL_SCOPE_STRATEGY', 'a', 'a', true],
    ['DEPRECATED_HIERARCHICAL_SCOPE_STRATEGY', 'a', 'ab', false],
    ['DEPRECATED_HIERARCHICAL_SCOPE_STRATEGY', 'a.b', 'a', false],
    ['wildcards', 'a.*', 'a.x', false],
    ['constructor', 'a.*', 'a.x', false],
  ])('%s: %s and %s', (name, pattern, needle, covered) => {
    expect(scopeStrategy(name)(pattern, needle)).toBe(covered);
  });
});

describe('coversScope', () => {
  it('names the first scope that is not covered', () => {
    const wildcard = scopeStrategy('wildcard');
    expect(coversScope(wildcard, ['a.*', 'd'], ['d', 'a.x', 'e', 'f'])).toBe('e');
    expect(coversScope(wildcard, ['a.*', 'd'], ['d', 'a.x'])).toBeUndefined();
    expect(coversScope(wildcard, [], [])).toBeUndefined();
  });
});
