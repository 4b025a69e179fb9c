import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../../app-env.ts";
import { withError } from "../callbacks.ts";
import type { OpenLink } from "../open-link.ts";
import { en } from "../words/en.ts";
import { fillHtml } from "../words/fill.ts";
import { isolate, linkLine } from "./layout.ts";
import { readerOf } from "./reader.ts";

/** What the partner receives once the account is connected, and how this ends. */
export function consentText(c: Context<AppEnv>, { partner, provider }: Omit<OpenLink, "link">) {
  const { consent } = readerOf(c).words;
  const name = { partner: isolate(partner.name) };
  return html`<p>${fillHtml(consent.asks, name)}</p>
    <h2>${fillHtml(consent.heading, name)}</h2>
    <ul>
      <li>${consent.newMail}</li>
      <li>${fillHtml(consent.oldMail, name)}</li>
    </ul>
    <p>${consent.readOnly} ${provider.kind === "plain" && fillHtml(consent.password, name)}</p>
    <p>${fillHtml(consent.ending, name)}</p>`;
}

/** The link that cancels and goes back to the partner. Empty when the partner has no page. */
export function cancelLine(c: Context<AppEnv>, { partner, callbacks }: Omit<OpenLink, "link">) {
  const cancelled = { error: "access_denied", description: en.failures.access_denied };
  const target =
    callbacks.failure === null ? partner.websiteUrl : withError(callbacks.failure, cancelled);
  if (target === null) return "";
  return linkLine(target, readerOf(c).words.consent.cancel, partner.name);
}
