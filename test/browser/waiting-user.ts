import { randomUUID } from "node:crypto";
import { decodeJwt } from "jose";
import * as v from "valibot";
import type { Received } from "../../dev/sink/sink-inbox.ts";
import type { Stack } from "../../dev/stack/stack.ts";
import { connectLinks } from "../../shared/secrets/connect-link.ts";
import { newId } from "../../shared/ids.ts";
import { partnerKeys } from "../../shared/secrets/vault.ts";
import type { ApiCaller } from "../harness/api-caller.ts";
import { eventually } from "../harness/eventually.ts";
import type { PartnerSite } from "./partner-site.ts";

/** A user of the demo partner, whose account a test connects in a browser. */
export interface WaitingUser {
  tag: string;
  /** Creates a connect link that finally redirects the browser to the partner's website. */
  connectLink(): Promise<string>;
  disconnectLink(): Promise<string>;
  /** Creates a connect link with a valid signature that has expired. */
  expiredLink(): Promise<string>;
  /** Waits until the API shows this state for the user. */
  is(state: string): Promise<void>;
  /**
   * Waits for the first webhook that is sent to this path, is about the user and contains the text.
   */
  webhook(path: string, text?: string): Promise<Received>;
}

export interface WaitingUserDeps {
  stack: Stack;
  site: PartnerSite;
  api: ApiCaller;
}

const shownUser = v.object({
  state: v.string(),
  connect_url: v.string(),
  disconnect_url: v.string(),
});

const TIMEOUT_MS = 60_000;

/** Creates the user with a tag only, as a partner does before the account is connected. */
export async function newWaitingUser(
  { stack, site, api }: WaitingUserDeps,
  provider: string,
  tag: string = randomUUID(),
): Promise<WaitingUser> {
  const users = `/connections/${provider}/users`;
  const made = await api("POST", users, { body: { tag } });
  if (made.status !== 201) throw new Error(`Cannot make a user: ${made.status} ${made.text}`);
  const shown = async () => v.parse(shownUser, (await api("GET", `${users}/${tag}`)).body);
  const { success, failure } = site;
  const callbacks = new URLSearchParams({ success, failure }).toString();
  const links = connectLinks(v.parse(partnerKeys, stack.keys.partner_keys), stack.addresses.edge);
  return {
    tag,
    connectLink: async () => `${(await shown()).connect_url}?${callbacks}`,
    disconnectLink: async () => `${(await shown()).disconnect_url}?${callbacks}`,
    async expiredLink() {
      const [token = ""] = (await shown()).connect_url.split("/").slice(-1);
      const userId = decodeJwt(token).sub ?? "";
      const expiresAtMs = Date.now() - 1_000;
      return links.signUrl({ purpose: "connect", userId, linkId: newId("lnk"), expiresAtMs });
    },
    async is(state) {
      const ask = async () => ((await shown()).state === state ? true : undefined);
      await eventually(`${tag} to be ${state}`, ask, TIMEOUT_MS);
    },
    webhook: (path, text = "") =>
      stack.sink.waitFor(
        (received) =>
          received.path === path && received.body.includes(tag) && received.body.includes(text),
        AbortSignal.timeout(TIMEOUT_MS),
      ),
  };
}
