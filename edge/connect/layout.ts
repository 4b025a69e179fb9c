import { encodeBase64 } from "@oslojs/encoding";
import { html, raw } from "hono/html";
import { escapeUnseen } from "../../shared/visible-text.ts";

type Html = ReturnType<typeof html>;

export interface ConnectPage {
  status: number;
  title: string;
  /**
   * Whether the page shows an error. The title then begins with "Error:", because screen readers
   * read the title first (WCAG 2.2, technique G199).
   */
  hasFault?: boolean;
  body: Html;
  /**
   * The origins to which the form may lead, also by redirects (CSP 3, form-action). Undefined when
   * the page has no form.
   */
  formTargets?: readonly string[];
}

// Contrast is at least 4.5:1 for text and 3:1 for borders, in both color schemes (WCAG 2.2, 1.4.3
// and 1.4.11).
const STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --line: #767680; --accent: #1d4ed8; --on-accent: #fff; --wrong: #b91c1c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ededed; --paper: #18181b; --line: #8e8e99; --accent: #93c5fd; --on-accent: #18181b; --wrong: #fca5a5; }
}
* { box-sizing: border-box; }
body { font: 1.0625rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0; }
main { max-width: 30rem; margin: 0 auto; padding: 2.5rem 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
a { color: var(--accent); }
label { display: block; font-weight: 600; margin: 1.25rem 0 .25rem; }
input, select { font: inherit; color: inherit; background: var(--paper); width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .375rem; }
button { font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); min-height: 2.75rem; margin-top: 1.75rem; padding: .5rem 1.5rem; border: 0; border-radius: .375rem; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[aria-invalid] { border: 2px solid var(--wrong); }
.wrong { color: var(--wrong); margin: .25rem 0 0; }`;

/** Builds a page that loads nothing, runs no scripts and cannot be framed. */
export async function pageResponse(page: ConnectPage): Promise<Response> {
  const { status, title, hasFault = false, body, formTargets } = page;
  const text = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${hasFault ? "Error: " : ""}${title}</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${await sha256(STYLE)}'`,
    `form-action ${formTargets === undefined ? "'none'" : ["'self'", ...formTargets].join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  // Tags, names and logins come from outside and may contain characters that change the direction
  // of the text around them. These characters are escaped.
  return new Response(escapeUnseen(String(text)), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy.join("; "),
    },
  });
}

export const plainPage = (status: number, title: string, text: string) =>
  pageResponse({ status, title, body: html`<p>${text}</p>` });

/**
 * Returns the origins for `form-action`. The answer to a form may redirect to a callback of the
 * partner, which may redirect to any site. Chrome checks the policy at each redirect, so every
 * `https:` URL is allowed.
 */
export const listTargets = (...urls: readonly (string | null)[]) => [
  "https:",
  ...new Set(urls.filter((url) => url !== null).map((url) => new URL(url).origin)),
];

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return encodeBase64(new Uint8Array(digest));
}
