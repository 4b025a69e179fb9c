import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../../app-env.ts";
import type { OtherProvider } from "../other-providers.ts";
import { isolate } from "./layout.ts";
import { readerOf } from "./reader.ts";

/** The providers that the person can connect instead. Empty if there are none. */
export function choiceList(c: Context<AppEnv>, others: readonly OtherProvider[]) {
  if (others.length === 0) return "";
  return html`<h2>${readerOf(c).words.choice.heading}</h2>
    <ul>
      ${others.map(({ url, title }) => html`<li><a href="${url}">${isolate(title)}</a></li>`)}
    </ul>`;
}
