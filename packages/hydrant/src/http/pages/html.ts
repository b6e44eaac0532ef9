import { createHash } from 'node:crypto';
import { imageSource, webOrigin } from './addresses.js';
import { styleSheet } from './style.js';
import type { Theme } from './theme.js';

/** Markup that is safe as it stands. Made by the `html` tag, elsewhere only from constants; the private field keeps look-alikes out. */
export class RawHtml {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in a `${}` of the `html` tag: text is escaped, markup is not, nothing gives nothing, lists are joined. */
export type Content = string | number | RawHtml | undefined | false | readonly Content[];

/** Makes markup from a template. Everything filled in is escaped for text and for quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): RawHtml {
  return new RawHtml(strings.map((text, index) => text + render(values[index])).join(''));
}

/** Escapes text for element content and for attributes in single or double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities.get(character) ?? character);
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function render(value: Content): string {
  if (value === undefined || value === false) return '';
  if (value instanceof RawHtml) return value.toString();
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map(render).join('');
}

/** What the frame of a page is made from. */
export interface PageParts {
  readonly title: string;
  readonly body: RawHtml;
  readonly theme: Theme;
  /** Further elements for the head. */
  readonly head?: RawHtml | undefined;
  /** Constant script text for the end of the body; its hash has to be in the policy. It must not hold anything of a request. */
  readonly script?: string | undefined;
  /** Referrer policy of the page; `same-origin` by default, for the addresses of these pages hold challenges and verifiers. */
  readonly referrer?: 'same-origin' | 'strict-origin' | undefined;
}

/** A whole HTML document: one `main` with the body, the service's name above it, and all style in one element. */
export function page({ title, body, theme, head, script, referrer = 'same-origin' }: PageParts): string {
  const style = new RawHtml(`<style>${styleSheet(theme)}</style>`);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="${referrer}">
<meta name="robots" content="noindex">
<title>${title} – ${theme.name}</title>
${style}${head}
</head>
<body>
<header>${logo(theme.logoUrl)}<span>${theme.name}</span></header>
<main>
${body}
</main>${script !== undefined && new RawHtml(`\n<script>${script}</script>`)}
</body>
</html>
`.toString();
}

/** A decorative image, or nothing if its address is of a kind that pages do not show. */
export function logo(address: string | undefined): RawHtml | undefined {
  if (address === undefined || imageSource(address) === undefined) return undefined;
  return html`<img src="${address}" alt="" referrerpolicy="no-referrer">`;
}

/** What a page loads and where its forms may end. */
export interface PolicyParts {
  readonly theme: Theme;
  /** Addresses of images beyond the theme's logo. */
  readonly images?: readonly (string | undefined)[] | undefined;
  /** Addresses of frames. */
  readonly frames?: readonly string[] | undefined;
  /** The script text given to `page`. */
  readonly script?: string | undefined;
  /**
   * Whether the page has a form at all. A form gets no `form-action`: Chromium applies that directive to the redirects
   * after a submit too, and ours end at clients, on origins and schemes that are not known yet.
   */
  readonly form: boolean;
}

/** Value of the `Content-Security-Policy` header of a page (CSP Level 3): nothing loads save what is named here. */
export function pageCsp({ theme, images = [], frames = [], script, form }: PolicyParts): string {
  const directives = [
    "default-src 'none'",
    `style-src ${hashSource(styleSheet(theme))}`,
    script !== undefined && `script-src ${hashSource(script)}`,
    directive('img-src', [theme.logoUrl, ...images].map(imageSource)),
    directive('frame-src', frames.map(webOrigin)),
    !form && "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return directives.filter((value) => value !== false && value !== undefined).join('; ');
}

function directive(name: string, sources: readonly (string | undefined)[]): string | undefined {
  const known = [...new Set(sources.filter((source) => source !== undefined))];
  return known.length === 0 ? undefined : `${name} ${known.join(' ')}`;
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
