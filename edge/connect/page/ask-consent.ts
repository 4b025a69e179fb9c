import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../../app-env.ts";
import type { OpenLink } from "../open-link.ts";
import { listOtherProviders } from "../other-providers.ts";
import { fill, fillHtml } from "../words/fill.ts";
import { choiceList } from "./choice.ts";
import { cancelLine, consentText } from "./consent.ts";
import { isolate, listTargets, pageResponse } from "./layout.ts";
import { readerOf } from "./reader.ts";

/**
 * Says what the partner will receive, before the person goes to the provider. Only the button of the
 * page begins an attempt: a program that opens the link, such as a mail scanner or a link preview,
 * leaves nothing behind, neither here nor at the provider.
 */
export async function askConsent(c: Context<AppEnv>, opened: OpenLink): Promise<Response> {
  const { provider, callbacks } = opened;
  const { consent } = readerOf(c).words;
  const others = await listOtherProviders(c, opened);
  const name = { provider: isolate(provider.title) };
  return pageResponse(c, {
    status: 200,
    title: fill(consent.title, { provider: provider.title }),
    // The button leads to the provider, which leads back to us, and we lead to a callback.
    formTargets: listTargets(provider.oauthAuthorizeUrl, callbacks.success, callbacks.failure),
    body: html`${consentText(c, opened)}
      <p>${fillHtml(consent.signIn, name)}</p>
      <form method="post" action="${c.get("linkContext")?.link ?? ""}">
        <button type="submit">${fillHtml(consent.continue, name)}</button>
      </form>
      ${cancelLine(c, opened)} ${choiceList(c, others)}`,
  });
}
