import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OAuthError } from '../protocol/errors.js';
import { applyPatch, type PatchRules, readPatch } from './json-patch.js';

const STRICT: PatchRules = {
  operations: ['add', 'remove', 'replace', 'move', 'copy', 'test'],
  missingPlaces: 'refused',
};
const LENIENT: PatchRules = { operations: ['add', 'remove', 'replace'], missingPlaces: 'made' };

function patch(document: unknown, operations: unknown, rules: PatchRules = STRICT): unknown {
  return applyPatch(document, readPatch(operations, rules), rules);
}

function pointer(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

describe('the examples of RFC 6902, appendix A', () => {
  test.each([
    ['A.1', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    ['A.2', { foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    ['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    ['A.4', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    ['A.5', { baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
    [
      'A.6',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    ['A.7', { foo: ['a', 'b', 'c'] }, [{ op: 'move', from: '/foo/1', path: '/foo/2' }], { foo: ['a', 'c', 'b'] }],
    ['A.8', { baz: 'qux', foo: ['a', 2] }, [{ op: 'test', path: '/foo/1', value: 2 }], { baz: 'qux', foo: ['a', 2] }],
    ['A.10', { foo: 'bar' }, [{ op: 'add', path: '/child', value: { x: {} } }], { foo: 'bar', child: { x: {} } }],
    ['A.11', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }], { foo: 'bar', baz: 'qux' }],
    ['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    ['A.16', { foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc'] }], { foo: ['bar', ['abc']] }],
  ])('%s', (_, before, operations, after) => {
    expect(patch(before, operations)).toEqual(after);
  });

  test.each([
    ['A.9', { baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }]],
    ['A.12', { foo: 'bar' }, [{ op: 'add', path: '/baz/bat', value: 'qux' }]],
    ['A.15', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: '10' }]],
  ])('%s is an error', (_, before, operations) => {
    expect(() => patch(before, operations)).toThrow(OAuthError);
  });
});

describe('what is no patch, or cannot be done, is refused', () => {
  test.each([
    ['no list', { op: 'replace' }],
    ['null', null],
    ['an operation that is no object', ['add']],
    ['an unknown operation', [{ op: 'spam', path: '/a' }]],
    ['an inherited member', [Object.create({ op: 'remove', path: '/a' })]],
    ['no path', [{ op: 'remove' }]],
    ['a path without a slash', [{ op: 'remove', path: 'a' }]],
    ['a bad escape', [{ op: 'remove', path: '/a~2' }]],
    ['no value', [{ op: 'add', path: '/a' }]],
    ['no from', [{ op: 'move', path: '/a' }]],
    ['a member that is not there', [{ op: 'replace', path: '/z', value: 1 }]],
    ['a member of a text', [{ op: 'add', path: '/a/b', value: 1 }]],
    ['a member that every object inherits', [{ op: 'remove', path: '/toString' }]],
    ['an element beyond the end', [{ op: 'add', path: '/list/3', value: 1 }]],
    ['the place after the last element, where nothing is', [{ op: 'replace', path: '/list/-', value: 1 }]],
    ['a place with a zero in front', [{ op: 'add', path: '/list/01', value: 1 }]],
    ['a place before the first', [{ op: 'remove', path: '/list/-1' }]],
    ['a move into itself', [{ op: 'move', from: '/o', path: '/o/p' }]],
    ['the whole document removed', [{ op: 'remove', path: '' }]],
    ['a path without end', [{ op: 'add', path: '/a'.repeat(101), value: 1 }]],
    ['a list without end', Array(1001).fill({ op: 'test', path: '/a', value: 'x' })],
    ['a document that doubles', Array.from({ length: 30 }, (_, at) => ({ op: 'copy', from: '/o', path: `/o/${at}` }))],
  ])('%s', (_, operations) => {
    const document = { a: 'x', list: [1, 2], o: { filled: 'x'.repeat(1000) } };
    expect(() => patch(document, operations)).toThrow(expect.objectContaining({ status: 400 }));
  });

  test('an operation that the rules leave out', () => {
    expect(() => patch({ a: 1 }, [{ op: 'test', path: '/a', value: 1 }], LENIENT)).toThrow(OAuthError);
  });
});

describe('places that are made', () => {
  test.each([
    ['replace is add', '/new', { new: 1, list: ['x'] }, 'replace'],
    ['parents are made', '/a/b/c', { list: ['x'], a: { b: { c: 1 } } }, 'add'],
    ['a list where one begins', '/a/-', { list: ['x'], a: [1] }, 'add'],
    ['a list where its first element is named', '/a/0', { list: ['x'], a: [1] }, 'add'],
  ])('%s', (_, path, after, op) => {
    expect(patch({ list: ['x'] }, [{ op, path, value: 1 }], LENIENT)).toEqual(after);
    expect(() => patch({ list: ['x'] }, [{ op: 'replace', path, value: 1 }], STRICT)).toThrow(OAuthError);
  });

  test.each([
    [{ op: 'replace', path: '/list/1', value: 1 }],
    [{ op: 'add', path: '/list/1/x', value: 1 }],
    [{ op: 'add', path: '/list/5', value: 1 }],
    [{ op: 'remove', path: '/nothing' }],
    [{ op: 'add', path: '/list/-/x', value: 1 }],
  ])('but no elements of lists, and nothing to remove: %o', (operation) => {
    expect(() => patch({ list: ['x'] }, [operation], LENIENT)).toThrow(OAuthError);
  });
});

describe('for any document', () => {
  const name = fc.oneof(
    fc.constantFrom('a', 'b', '', '-', '0', '1', '~', '/', '__proto__', 'constructor'),
    fc.string(),
  );
  const json = fc.jsonValue({ maxDepth: 3 }).map((value: unknown): unknown => JSON.parse(JSON.stringify(value)));
  const document = fc.dictionary(name, json);

  test('what was added is there, and removing it again leaves what was', () => {
    fc.assert(
      fc.property(document, name, json, (before, member, value) => {
        fc.pre(!Object.hasOwn(before, member));
        const path = pointer([member]);
        const after = patch(before, [{ op: 'add', path, value }]);
        expect(after).toEqual(Object.fromEntries([...Object.entries(before), [member, value]]));
        expect(patch(after, [{ op: 'test', path, value }])).toEqual(after);
        expect(patch(after, [{ op: 'remove', path }])).toEqual(before);
      }),
    );
  });

  test('a replaced value is there however deep, made where it was missing, and nothing else changed', () => {
    const path = fc.array(name, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(document, path, json, (before, tokens, value) => {
        let after: unknown;
        try {
          after = patch(before, [{ op: 'replace', path: pointer(tokens), value }], LENIENT);
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
          return;
        }
        const [first = ''] = tokens;
        const others = ([member]: readonly [string, unknown]) => member !== first;
        expect(Object.entries(after ?? {}).filter(others)).toEqual(Object.entries(before).filter(others));
        if (!tokens.includes('-')) expect(patch(after, [{ op: 'test', path: pointer(tokens), value }])).toEqual(after);
      }),
    );
  });

  test('a patch is done or refused, never changes the document it was given, and reaches no prototype', () => {
    const text = fc.array(name, { maxLength: 4 }).map(pointer);
    const operation = fc.record(
      { op: fc.constantFrom(...STRICT.operations), path: text, from: text, value: json },
      { requiredKeys: ['op', 'path'] },
    );
    const rules = fc.constantFrom(STRICT, { ...STRICT, missingPlaces: 'made' } as const);
    fc.assert(
      fc.property(document, fc.array(operation, { maxLength: 5 }), rules, (before, operations, chosen) => {
        const copy = JSON.stringify(before);
        const members = Object.getOwnPropertyNames(Object.prototype).length;
        try {
          const after = patch(before, operations, chosen);
          expect(JSON.parse(JSON.stringify(after))).toEqual(after);
        } catch (error) {
          if (!(error instanceof OAuthError)) throw error;
        }
        expect(JSON.stringify(before)).toBe(copy);
        expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(members);
      }),
      { numRuns: 500 },
    );
  });
});
