/**
 * JSON Patch (RFC 6902) on JSON values, which are never changed in place: what a patch leaves alone is shared with its result.
 *
 * Hydra 26 makes places that do not exist instead of refusing them; {@link PatchRules} says whether that is wanted.
 */

import { isDeepStrictEqual } from 'node:util';
import { OAuthError } from '../protocol/errors.js';
import { isObject } from '../protocol/json.js';

/** The unescaped tokens of a JSON Pointer (RFC 6901 §4); none for the whole document. */
export type Pointer = readonly string[];

/** One operation, checked for its shape. */
export type PatchOperation =
  | { readonly op: 'add'; readonly path: Pointer; readonly value: unknown }
  | { readonly op: 'replace'; readonly path: Pointer; readonly value: unknown }
  | { readonly op: 'test'; readonly path: Pointer; readonly value: unknown }
  | { readonly op: 'move'; readonly path: Pointer; readonly from: Pointer }
  | { readonly op: 'copy'; readonly path: Pointer; readonly from: Pointer }
  | { readonly op: 'remove'; readonly path: Pointer };

export interface PatchRules {
  readonly operations: readonly PatchOperation['op'][];
  /** What `add` and `replace` do where the parent, or the member to replace, is not there. Elements of lists are never made up. */
  readonly missingPlaces: 'made' | 'refused';
}

/** Deeper than any document of ours, and far from what recursion can take. */
const DEEPEST = 100;
/** Each operation copies the objects on its way. */
const MOST_OPERATIONS = 1_000;
/** How much text `copy` may add: each one can double what is there. */
const MOST_COPIED = 1 << 20;

/** Reads a patch document. @throws OAuthError 400 for anything but a list of operations that the rules allow. */
export function readPatch(document: unknown, rules: PatchRules): PatchOperation[] {
  if (!Array.isArray(document)) throw refuse('The body must be a JSON Patch: a list of operations (RFC 6902).');
  if (document.length > MOST_OPERATIONS) throw refuse(`A patch has at most ${MOST_OPERATIONS} operations here.`);
  return document.map((item: unknown, index) => readOperation(item, `operation ${index}`, rules));
}

function readOperation(item: unknown, which: string, rules: PatchRules): PatchOperation {
  if (typeof item !== 'object' || item === null) throw refuse(`The ${which} of the patch is no JSON object.`);
  const member = (name: string): unknown => (Object.hasOwn(item, name) ? Reflect.get(item, name) : undefined);
  const op = rules.operations.find((known) => known === member('op'));
  if (op === undefined) throw refuse(`The ${which} of the patch must be one of: ${rules.operations.join(', ')}.`);
  const path = readPointer(member('path'), `path of ${which}`);
  if (op === 'remove') return { op, path };
  if (op === 'move' || op === 'copy') return { op, path, from: readPointer(member('from'), `from of ${which}`) };
  if (!Object.hasOwn(item, 'value')) throw refuse(`The ${which} of the patch has no value.`);
  return { op, path, value: member('value') };
}

function readPointer(text: unknown, what: string): Pointer {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')) || /~(?![01])/.test(text))
    throw refuse(`The ${what} must be a JSON Pointer such as /client_name (RFC 6901).`);
  const tokens = text.split('/').slice(1);
  if (tokens.length > DEEPEST) throw refuse(`The ${what} goes too deep.`);
  // RFC 6901 §4: in this order, or "~01" would become "/".
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The document after all operations, one after the other (RFC 6902 §5: all or none). @throws OAuthError 400 where one cannot be done. */
export function applyPatch(document: unknown, operations: readonly PatchOperation[], rules: PatchRules): unknown {
  const allowance = { toCopy: MOST_COPIED };
  return operations.reduce((now, operation) => applyOne(now, operation, rules, allowance), document);
}

function applyOne(
  document: unknown,
  operation: PatchOperation,
  rules: PatchRules,
  allowance: { toCopy: number },
): unknown {
  const { path } = operation;
  if (operation.op === 'add' || operation.op === 'replace')
    return put(document, path, operation.value, operation.op, rules);
  if (operation.op === 'remove') return take(document, path);
  if (operation.op === 'test') {
    if (isDeepStrictEqual(valueAt(document, path), operation.value)) return document;
    throw refuse(`The value at ${shown(path)} is another one than the patch tests for.`);
  }
  const { from } = operation;
  const value = valueAt(document, from);
  if (operation.op === 'copy') {
    allowance.toCopy -= JSON.stringify(value).length;
    if (allowance.toCopy < 0) throw refuse('The patch copies too much.');
    return put(document, path, value, 'add', rules);
  }
  // RFC 6902 §4.4: nothing can be moved into itself.
  if (path.length > from.length && from.every((token, at) => token === path[at]))
    throw refuse(`What is at ${shown(from)} cannot be moved into itself.`);
  return put(take(document, from), path, value, 'add', rules);
}

function valueAt(document: unknown, path: Pointer): unknown {
  let node = document;
  for (const token of path) {
    node = childOf(node, token);
    if (node === undefined) return absent(path);
  }
  return node;
}

/** The member or element; `undefined`, which JSON has not, where there is none. */
function childOf(node: unknown, token: string): unknown {
  if (Array.isArray(node)) return node[indexIn(node, token, node.length - 1)];
  if (isObject(node) && Object.hasOwn(node, token)) return node[token];
  return undefined;
}

function put(
  node: unknown,
  path: Pointer,
  value: unknown,
  op: 'add' | 'replace',
  rules: PatchRules,
  depth = 0,
): unknown {
  const token = path[depth];
  if (token === undefined) return value;
  const last = depth === path.length - 1;
  if (Array.isArray(node)) {
    const elements: readonly unknown[] = node;
    if (last && op === 'add') return elements.toSpliced(indexIn(elements, token, elements.length), 0, value);
    const index = indexIn(elements, token, elements.length - 1);
    return elements.with(index, put(elements[index], path, value, op, rules, depth + 1));
  }
  if (!isObject(node)) return absent(path);
  const there = Object.hasOwn(node, token);
  if (!there && rules.missingPlaces === 'refused' && !(last && op === 'add')) return absent(path);
  const before = there || last ? node[token] : emptyParent(path[depth + 1]);
  return withMember(node, token, put(before, path, value, op, rules, depth + 1));
}

/** What a made-up parent is: a list where the next token can begin one. */
function emptyParent(next: string | undefined): unknown {
  return next === '-' || next === '0' ? [] : {};
}

function take(node: unknown, path: Pointer, depth = 0): unknown {
  const token = path[depth];
  if (token === undefined) throw refuse('The whole document cannot be removed.');
  const last = depth === path.length - 1;
  if (Array.isArray(node)) {
    const elements: readonly unknown[] = node;
    const index = indexIn(elements, token, elements.length - 1);
    return last ? elements.toSpliced(index, 1) : elements.with(index, take(elements[index], path, depth + 1));
  }
  if (!isObject(node) || !Object.hasOwn(node, token)) return absent(path);
  if (!last) return withMember(node, token, take(node[token], path, depth + 1));
  return Object.fromEntries(Object.entries(node).filter(([name]) => name !== token));
}

/** RFC 6901 §4: digits without a zero in front; `-` is the place after the last element, where there may be one. */
function indexIn(list: readonly unknown[], token: string, highest: number): number {
  const index = token === '-' ? list.length : /^(0|[1-9]\d{0,8})$/.test(token) ? Number(token) : Number.NaN;
  if (index <= highest) return index;
  throw refuse(`The list has no place ${quoted(token)} for the patch.`);
}

/** A copy of the object in which the member is an own one, whatever its name (`__proto__` as well). */
function withMember(node: Readonly<Record<string, unknown>>, name: string, value: unknown): Record<string, unknown> {
  const entries = Object.entries(node);
  const at = entries.findIndex(([other]) => other === name);
  return Object.fromEntries(entries.toSpliced(at < 0 ? entries.length : at, 1, [name, value]));
}

function absent(path: Pointer): never {
  throw refuse(`There is nothing at ${shown(path)} that the patch could use.`);
}

function shown(path: Pointer): string {
  return quoted(`/${path.join('/')}`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function refuse(hint: string): OAuthError {
  return new OAuthError('The request was malformed or contained invalid parameters', hint);
}
