import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import { errors, jwtVerify } from "jose";
import * as v from "valibot";
import { hmacSha256 } from "../digest.ts";
import { deriveKey } from "./derive-key.ts";
import type { PartnerKeys } from "./vault.ts";

/**
 * A link with which a person connects or disconnects a mail account. The person needs no account
 * with this service.
 */
export interface ConnectLink {
  purpose: "connect" | "disconnect";
  userId: string;
  /**
   * The id of the link. It is stored when the person completes the action, so that the link works
   * only once.
   */
  linkId: string;
  /**
   * Whether a page of another user's link offered this link. Such a link works only while the user
   * has no credentials.
   */
  isChoice?: boolean;
  /** In milliseconds since the epoch. The URL contains whole seconds, so a fraction is cut off. */
  expiresAtMs: number;
}

/** Why a link is not valid. We signed an expired link, so its user and its id are known. */
export type LinkFault = { fault: "invalid" } | { fault: "expired"; userId: string; linkId: string };

export interface ConnectLinks {
  /**
   * Returns the URL of a link. The same fields give the same URL until the active key of the
   * partner ring changes.
   */
  signUrl(link: ConnectLink): Promise<string>;
  read(
    token: string,
    purpose: ConnectLink["purpose"],
    nowMs: number,
  ): Promise<ConnectLink | LinkFault>;
}

/** How long the links in API answers are valid. */
export const CONNECT_LINK_TTL_MS = 30 * 60_000;

const claims = v.object({
  sub: v.string(),
  jti: v.string(),
  exp: v.number(),
  choice: v.optional(v.boolean()),
});

/**
 * Creates and reads links whose token is a signed JWT (RFC 7519, HS256). The HMAC key depends on
 * the link's purpose, so a token for connecting is not valid for disconnecting.
 */
export function connectLinks(keys: PartnerKeys, publicUrl: string): ConnectLinks {
  const derived = new Map<string, Uint8Array>();
  // A key is derived once, because this takes longer than to sign.
  const ensureKey = async (k: string, purpose: ConnectLink["purpose"]) => {
    const name = `${purpose} ${k}`;
    const key = derived.get(name) ?? (await deriveKey(k, `link/${purpose}`));
    derived.set(name, key);
    return key;
  };
  return {
    async signUrl(link) {
      const active = keys.keys[0];
      if (!active) throw new Error("Cannot sign a link: the partner ring has no key");
      const claim = {
        sub: link.userId,
        jti: link.linkId,
        exp: Math.floor(link.expiresAtMs / 1_000),
        ...(link.isChoice === true && { choice: true }),
      };
      const token = signJwt(await ensureKey(active.k, link.purpose), active.kid, claim);
      return `${publicUrl}/${link.purpose}/${token}`;
    },
    async read(token, purpose, nowMs) {
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = keys.keys.find((candidate) => candidate.kid === kid);
            if (!key) throw new errors.JWKSNoMatchingKey();
            return ensureKey(key.k, purpose);
          },
          { algorithms: ["HS256"], currentDate: new Date(nowMs) },
        );
        const { sub, jti, exp, choice = false } = v.parse(claims, payload);
        const link = { purpose, userId: sub, linkId: jti, expiresAtMs: exp * 1_000 };
        return choice ? { ...link, isChoice: true } : link;
      } catch (error) {
        // jose checks the signature before the expiry.
        if (error instanceof errors.JWTExpired) {
          const read = v.safeParse(claims, error.payload);
          return read.success
            ? { fault: "expired", userId: read.output.sub, linkId: read.output.jti }
            : { fault: "invalid" };
        }
        if (error instanceof errors.JOSEError || v.isValiError(error)) return { fault: "invalid" };
        throw error;
      }
    },
  };
}

/**
 * Signs a JWT with HS256 (RFC 7515, 3.1). Each answer with a user has two links, and jose's
 * `SignJWT` needs ten times as long for one, because Web Crypto uses another thread.
 */
function signJwt(key: Uint8Array, kid: string, payload: v.InferOutput<typeof claims>): string {
  const encode = (part: object) =>
    encodeBase64urlNoPadding(new TextEncoder().encode(JSON.stringify(part)));
  const signed = `${encode({ alg: "HS256", kid })}.${encode(payload)}`;
  return `${signed}.${encodeBase64urlNoPadding(hmacSha256(key, signed))}`;
}
