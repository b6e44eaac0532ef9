/** What an operator may change about the built-in pages, and the colours that follow from it. */

/** The look of the built-in pages. */
export interface Theme {
  /** Name of the service, shown at the top of each page. */
  readonly name: string;
  /** http(s), data:image or site-relative address of a logo; anything else is not shown. */
  readonly logoUrl?: string | undefined;
  /** Accent colour as `#rgb` or `#rrggbb`; anything else counts as not set. */
  readonly color?: string | undefined;
}

/** The look without any setting. */
export const defaultTheme: Theme = { name: 'Hydrant' };

/** Accent colours as `#rrggbb`, readable as text on their scheme's card and as a ground for text in the card's colour. */
export interface Accents {
  readonly light: string;
  readonly dark: string;
}

/** Grounds of the card in both schemes; the style sheet and the contrast sums share them. */
export const cardColors: Accents = { light: '#ffffff', dark: '#1d2127' };

const defaultColor = '#2257d0';
/** WCAG 2.2 §1.4.3, level AA for text of normal size. */
const neededContrast = 4.5;

type Rgb = readonly [red: number, green: number, blue: number];

/** The theme's colour, darkened for light mode and lightened for dark mode until it has the contrast of WCAG AA. */
export function accentsOf(theme: Theme): Accents {
  const color = parseColor(theme.color) ?? parseColor(defaultColor) ?? black;
  return {
    light: readable(color, parseColor(cardColors.light) ?? white, black),
    dark: readable(color, parseColor(cardColors.dark) ?? black, white),
  };
}

/** Contrast ratio of two `#rrggbb` colours (1 to 21), or undefined if one is not a colour. Source: WCAG 2.2, "contrast ratio". */
export function contrast(one: string, other: string): number | undefined {
  const a = parseColor(one);
  const b = parseColor(other);
  return a && b && ratio(a, b);
}

const black: Rgb = [0, 0, 0];
const white: Rgb = [255, 255, 255];

function readable(color: Rgb, ground: Rgb, towards: Rgb): string {
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(color, towards, share);
    if (ratio(candidate, ground) >= neededContrast) return format(candidate);
  }
  return format(towards);
}

/** Strict on purpose: the value ends up inside a style element, where escaping does not exist. */
function parseColor(text: string | undefined): Rgb | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text ?? '');
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text ?? '');
  const parts = short?.slice(1).map((digit) => digit + digit) ?? long?.slice(1);
  const [red, green, blue] = parts?.map((part) => Number.parseInt(part, 16)) ?? [];
  return red === undefined || green === undefined || blue === undefined ? undefined : [red, green, blue];
}

function format(color: Rgb): string {
  return `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

function mix(color: Rgb, towards: Rgb, share: number): Rgb {
  const part = (from: number, to: number): number => Math.round(from + (to - from) * share);
  return [part(color[0], towards[0]), part(color[1], towards[1]), part(color[2], towards[2])];
}

function ratio(one: Rgb, other: Rgb): number {
  const a = luminance(one);
  const b = luminance(other);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number): number => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
