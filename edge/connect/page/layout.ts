import { encodeBase64 } from "@oslojs/encoding";
import type { Context } from "hono";
import { html, raw } from "hono/html";
import { escapeUnseen } from "../../../shared/visible-text.ts";
import type { AppEnv } from "../../app-env.ts";
import type { Words } from "../words/en.ts";
import { fill, fillHtml, type Html } from "../words/fill.ts";
import type { LinkContext } from "./link-context.ts";
import { toLogoPath } from "./logo-path.ts";
import { readerOf } from "./reader.ts";
import { toStyle } from "./style.ts";

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
  /** The URL that the browser loads next, without a pause (HTML, 4.2.5.3). */
  next?: string;
}

/**
 * Builds a page in the reader's language that loads nothing from other sites, runs no scripts and
 * cannot be framed. If the link's partner is known, its name is at the top.
 */
export async function pageResponse(c: Context<AppEnv>, page: ConnectPage): Promise<Response> {
  const { status, title, hasFault = false, body, formTargets, next } = page;
  const { language, words } = readerOf(c);
  const partner = c.get("linkContext")?.partner;
  const style = toStyle(partner?.accentColor ?? null);
  const text = await html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        ${next !== undefined && html`<meta http-equiv="refresh" content="0;url=${next}" />`}
        <title>${hasFault ? fill(words.errorTitle, { title }) : title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        ${partner && partnerHeader(partner)}
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
        ${partner && partnerFooter(words, partner)}
      </body>
    </html>`;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${await sha256(style)}'`,
    ...(partner && partner.logoDigest !== null ? ["img-src 'self'"] : []),
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
      "content-language": language,
      vary: "accept-language",
      "content-security-policy": policy.join("; "),
    },
  });
}

type Partner = LinkContext["partner"];

/** The name is beside the logo, so the logo needs no text of its own. */
const partnerHeader = ({ id, name, logoDigest }: Partner) =>
  html`<header>
    ${logoDigest !== null && html`<img src="${toLogoPath(id, logoDigest)}" alt="" />`}
    <bdi>${name}</bdi>
  </header>`;

function partnerFooter({ consent }: Words, { name, privacyUrl, termsUrl }: Partner) {
  if (privacyUrl === null && termsUrl === null) return "";
  return html`<footer>
    ${privacyUrl !== null && linkLine(privacyUrl, consent.privacy, name)}
    ${termsUrl !== null && linkLine(termsUrl, consent.terms, name)}
  </footer>`;
}

/**
 * Returns the origins for `form-action`. The answer to a form may redirect to a callback of the
 * partner, which may redirect to any site. Chrome checks the policy at each redirect, so every
 * `https:` URL is allowed.
 */
export const listTargets = (...urls: readonly (string | null)[]) => [
  "https:",
  ...new Set(urls.filter((url) => url !== null).map((url) => new URL(url).origin)),
];

/**
 * Fills in a name from outside. `<bdi>` keeps the direction of the name's script to the name
 * (HTML, 4.5.25).
 */
export const isolate = (name: string): Html => html`<bdi>${name}</bdi>`;

/** Returns a paragraph with a link. The text may contain the placeholder `{partner}`. */
export const linkLine = (url: string, text: string, partnerName = ""): Html =>
  html`<p><a href="${url}">${fillHtml(text, { partner: isolate(partnerName) })}</a></p>`;

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return encodeBase64(new Uint8Array(digest));
}
