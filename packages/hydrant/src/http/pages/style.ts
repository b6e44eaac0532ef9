import { accentsOf, cardColors, type Theme } from './theme.js';

/** The one style sheet of all pages. Its text depends on the theme's colour alone, so that its hash can stand in a header. */
export function styleSheet(theme: Theme): string {
  const accents = accentsOf(theme);
  return `
:root{color-scheme:light dark;--card:${cardColors.light};--ground:#f3f4f6;--text:#1c2128;--quiet:#57606a;--line:#868e98;--accent:${accents.light};--problem:#b3261e;--problem-ground:#fdeceb;--note:#5c4400;--note-ground:#fff4d2}
@media (prefers-color-scheme:dark){:root{--card:${cardColors.dark};--ground:#121519;--text:#e8eaed;--quiet:#a8b0ba;--line:#78818c;--accent:${accents.dark};--problem:#ffb4ab;--problem-ground:#3b1f1d;--note:#f4d58a;--note-ground:#35290f}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;min-height:100vh;padding:1.5rem 1rem;display:flex;flex-direction:column;align-items:center;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
@media (min-height:40rem){body{padding-top:10vh}}
header{display:flex;align-items:center;gap:.6rem;max-width:27rem;margin-bottom:1.25rem;font-weight:600;color:var(--quiet)}
header img{max-height:2.5rem;max-width:10rem}
main{width:100%;max-width:27rem;padding:1.75rem;background:var(--card);border:1px solid color-mix(in srgb,var(--line) 35%,transparent);border-radius:.75rem}
main>:last-child{margin-bottom:0}
h1{margin:0;font-size:1.5rem;line-height:1.25;text-wrap:balance}
h2{margin:1.5rem 0 .5rem;font-size:1rem}
p{margin:.5rem 0}
ul,ol{margin:.5rem 0;padding-left:1.25rem}
.lead{margin-top:.25rem;color:var(--quiet)}
.lead strong{color:var(--text)}
.lead img{height:1.5rem;max-width:4rem;vertical-align:middle}
.field{display:block;margin-top:1rem;font-weight:600}
.field input{display:block;width:100%;min-height:2.75rem;margin-top:.25rem;padding:.5rem .75rem;font:inherit;font-weight:400;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.5rem}
.field input[aria-invalid]{border-color:var(--problem)}
.choice{display:flex;gap:.75rem;align-items:flex-start;padding:.625rem 0;cursor:pointer}
.choice input{flex:none;width:1.25rem;height:1.25rem;margin:.125rem 0 0;accent-color:var(--accent)}
.choice small{display:block;color:var(--quiet);font-size:.875rem}
fieldset{margin:1rem 0 0;padding:0;border:0;border-bottom:1px solid color-mix(in srgb,var(--line) 35%,transparent)}
legend{padding:0;color:var(--quiet)}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1rem}
.actions>*{flex:1 1 8rem}
button,.button{display:block;min-height:2.75rem;padding:.5rem 1rem;font:inherit;font-weight:600;line-height:1.625rem;text-align:center;text-decoration:none;cursor:pointer;border:1px solid var(--line);border-radius:.5rem;color:var(--text);background:transparent}
.main{border-color:var(--accent);background:var(--accent);color:var(--card)}
button:hover,.button:hover{filter:brightness(.94)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
a{color:var(--accent)}
.links{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin-top:1.25rem;font-size:.875rem}
.links:empty{display:none}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{margin:.5rem 0;padding:.75rem;border-radius:.5rem;background:var(--ground);white-space:pre-wrap;font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.problem,.note{margin-top:1rem;padding:.75rem 1rem;border-radius:.5rem;font-size:.9375rem}
.problem{color:var(--problem);background:var(--problem-ground)}
.note{color:var(--note);background:var(--note-ground)}
.quiet{color:var(--quiet);font-size:.875rem}
dl{margin:1rem 0 0}
dt{margin-top:.75rem;color:var(--quiet);font-size:.875rem}
dd{margin:0}
`;
}
