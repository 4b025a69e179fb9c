import * as v from "valibot";
import { partnerApi } from "../seed/partner-api.ts";
import type { StackAddresses } from "./stack-file.ts";

const shownUser = v.object({ connect_url: v.pipe(v.string(), v.url()) });

/** Returns a link with which a demo account can be connected. It is valid for half an hour. */
export async function freshConnectUrl({ edge, partner, oauth }: StackAddresses): Promise<string> {
  const call = partnerApi(edge, partner.api_key);
  const { body } = await call("GET", `/connections/${oauth.provider}/users/${oauth.tag}`);
  return v.parse(shownUser, body).connect_url;
}
