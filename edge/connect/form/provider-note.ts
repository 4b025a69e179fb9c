import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../../app-env.ts";
import type { OpenLink } from "../open-link.ts";
import { isolate } from "../page/layout.ts";
import { readerOf } from "../page/reader.ts";
import { fillHtml, type Html } from "../words/fill.ts";
import type { DetectedProvider } from "./detect-provider.ts";

interface Note extends DetectedProvider {
  /** Whether the note is the reason why the login was not tried. */
  isAsking: boolean;
}

/** What the person must know about the provider of their address, and where to connect it instead. */
export function providerNote(
  c: Context<AppEnv>,
  { partner, provider }: OpenLink,
  { known, offer, isAsking }: Note,
): Html {
  const { detected, consent } = readerOf(c).words;
  const names = { provider: isolate(known.title), partner: isolate(partner.name) };
  return html`<div ${isAsking ? html`role="alert"` : ""}>
    <p>
      ${fillHtml(detected.address, names)}
      ${known.password === "none" && fillHtml(detected.noPasswords, names)}
      ${known.password === "none" && !offer && fillHtml(detected.askPartner, names)}
    </p>
    ${offer && html`<p><a href="${offer.url}">${fillHtml(consent.continue, { provider: isolate(offer.title) })}</a></p>`}
    ${provider.ownHost && known.password === "app" && appPasswordNote(c, known)}
    ${isAsking && html`<p>${detected.continueHere}</p>`}
  </div>`;
}

function appPasswordNote(c: Context<AppEnv>, { title, helpUrl }: DetectedProvider["known"]): Html {
  const { form } = readerOf(c).words;
  return html`<p>${fillHtml(form.appPasswordRequired, { provider: isolate(title) })}</p>
    ${helpUrl !== undefined && howToLine(helpUrl, form.howToGetPassword)}`;
}

/** The link to a provider's page about passwords. */
export const howToLine = (url: string, text: string): Html =>
  html`<p><a href="${url}" rel="noreferrer">${text}</a></p>`;
