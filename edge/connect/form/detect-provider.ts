import type { OtherProvider } from "../other-providers.ts";
import { findKnownProvider, type KnownProvider } from "./known-providers.ts";

/** What the form knows about the provider of the address that a person has entered as the login. */
export interface DetectedProvider {
  known: KnownProvider;
  /** The page at which the person can connect this provider instead. */
  offer: OtherProvider | undefined;
  /**
   * Whether the form says this before it tries the login: there is a better way, or the password
   * cannot work.
   */
  isUrgent: boolean;
}

/**
 * Detects the provider of the login, if it is an address. Nothing is looked up in the network.
 *
 * Undefined if there is nothing to say. That a provider's own form wants an app password, the form
 * says anyway.
 */
export function detectProvider(
  login: string,
  { hasOwnHost, others }: { hasOwnHost: boolean; others: readonly OtherProvider[] },
): DetectedProvider | undefined {
  const known = findKnownProvider(login);
  if (!known) return undefined;
  const same = others.filter(({ imapHost }) => imapHost === known.imapHost);
  const offer = same.find(({ kind }) => kind !== "plain") ?? same[0];
  if (!offer && !(hasOwnHost && known.password !== "account")) return undefined;
  return { known, offer, isUrgent: offer !== undefined || known.password === "none" };
}
