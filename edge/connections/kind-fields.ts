import type { ProviderKind } from "../../db/partners/providers.ts";
import { invalidInput } from "../invalid-input.ts";

type Subject = "connection" | "user";

/** The fields of connections and users that are allowed only for some kinds of provider. */
const OWN_FIELDS: Record<Subject, Record<ProviderKind, readonly string[]>> = {
  connection: {
    plain: [],
    oauth2: ["oauth2_client_id", "oauth2_client_secret"],
    oauth1: ["oauth1_consumer_key", "oauth1_consumer_secret"],
  },
  user: {
    plain: ["login_username", "login_password"],
    oauth2: ["login_username", "oauth2_refresh_token"],
    oauth1: ["login_username"],
  },
};
const HOST_FIELDS: readonly string[] = ["imap_host", "imap_port", "imap_security"];

/**
 * Refuses fields that are not allowed for this kind of provider.
 * @throws {AppError} when the request has such fields.
 */
export function refuseMisfits(subject: Subject, kind: ProviderKind, fields: object): void {
  const own = OWN_FIELDS[subject];
  const misfits = Object.values(own)
    .flat()
    .filter((name) => Object.hasOwn(fields, name) && !own[kind].includes(name));
  if (misfits.length === 0) return;
  throw notFor(misfits, `a ${subject} whose provider is of the kind ${kind}`);
}

/**
 * Refuses a host that the user may not choose.
 * @throws {AppError} when a host is given, but the provider has one host for all users.
 */
export function refuseHost(provider: { ownHost: boolean }, fields: object): void {
  const given = HOST_FIELDS.filter((name) => Object.hasOwn(fields, name));
  if (provider.ownHost || given.length === 0) return;
  throw notFor(given, "a user whose provider has one host for all");
}

const notFor = (names: readonly string[], whom: string) =>
  invalidInput(names.map((name) => ({ pointer: `/${name}`, detail: `is not for ${whom}` })));
