/** The documents of this checkout, and what stands in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const checkout: string = fileURLToPath(new URL('../../../../../', import.meta.url));

export interface Document {
  /** Below the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** One document, by its path below the root. */
export function readDocument(path: string): Document {
  return { path, text: readFileSync(join(checkout, path), 'utf8') };
}

/** Every Markdown file of the repository. */
export function allDocuments(): Document[] {
  const beside = readdirSync(checkout).filter((name) => name.endsWith('.md'));
  const below = readdirSync(join(checkout, 'docs'), { recursive: true })
    .map((name) => join('docs', String(name)))
    .filter((name) => name.endsWith('.md'));
  return [...beside, ...below, 'packages/hydrant/README.md'].map(readDocument);
}

/** The fenced blocks of one language, in their order; with `below`, only those after this heading line. */
export function blocksOf({ text }: Document, language: string, below = ''): string[] {
  const start = text.indexOf(below);
  if (start < 0) throw new Error(`There is no heading ${below}`);
  return [...text.slice(start).matchAll(/^```(\S*)[^\n]*\n([\s\S]*?)^```$/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '');
}

/** Targets of links and images, without those of code. */
export function linksOf({ text }: Document): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
}

/** The anchors that headings make, in the way of the usual hosts of Markdown. */
export function anchorsOf({ text }: Document): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} +(.+)$/gm);
  return new Set([...headings].map((match) => anchorOf(match[1] ?? '')));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** The path that a relative link leads to, below the root. */
export function targetOf(document: Document, link: string): { readonly path: string; readonly anchor: string } {
  const [file = '', anchor = ''] = link.split('#');
  return { path: file === '' ? document.path : join(dirname(document.path), file), anchor };
}
