import { DARK_PAPER, toDarkAccent } from "../../partners/accent.ts";

/**
 * Returns the styles of the connect pages.
 *
 * @param accent The partner's color; null for ours. It has enough contrast with white.
 */
export function toStyle(accent: string | null): string {
  if (accent === null) return STYLE;
  const dark = `@media (prefers-color-scheme: dark) { :root { --accent: ${toDarkAccent(accent)}; } }`;
  return `${STYLE}\n:root { --accent: ${accent}; }\n${dark}`;
}

/**
 * The styles of the connect pages. Contrast is at least 4.5:1 for text and 3:1 for borders, in both
 * color schemes (WCAG 2.2, 1.4.3 and 1.4.11).
 */
const STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --line: #767680; --accent: #1d4ed8; --on-accent: #fff; --wrong: #b91c1c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ededed; --paper: ${DARK_PAPER}; --line: #8e8e99; --accent: #93c5fd; --on-accent: ${DARK_PAPER}; --wrong: #fca5a5; }
}
* { box-sizing: border-box; }
body { font: 1.0625rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0; }
header, main, footer { max-width: 32rem; margin: 0 auto; padding: 0 1.25rem; overflow-wrap: anywhere; }
header { padding-top: 2rem; font-weight: 600; }
header img { display: block; max-width: 100%; max-height: 3.5rem; margin-bottom: .5rem; }
footer { padding-bottom: 2rem; }
footer p { margin: .25rem 0; }
main { padding-top: 1.5rem; padding-bottom: 2rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.0625rem; margin: 1.5rem 0 .5rem; }
ul, ol { margin: 0; padding-inline-start: 1.25rem; }
li { margin: .375rem 0; }
a { color: var(--accent); }
label { display: block; font-weight: 600; margin: 1.25rem 0 .25rem; }
input, select { font: inherit; color: inherit; background: var(--paper); width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .375rem; }
button { font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); min-height: 2.75rem; margin-top: 1.75rem; padding: .5rem 1.5rem; border: 1px solid transparent; border-radius: .375rem; cursor: pointer; }
@media (forced-colors: active) { button { color: ButtonText; background: ButtonFace; border-color: ButtonText; } }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[aria-invalid] { border: 2px solid var(--wrong); }
.hint { margin: .25rem 0 0; }
.wrong { color: var(--wrong); margin: .25rem 0 0; }`;
