import { decodeBase64 } from "@oslojs/encoding";
import type { Context } from "hono";
import { findLogo } from "../../../db/partners/partner-logo.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";

/**
 * Answers with a partner's logo. Nothing in it can run, and other sites cannot embed it.
 * @throws {AppError} when the partner has no logo with this digest.
 */
export async function getLogo(c: Context<AppEnv>, partnerId: string, digest: string) {
  const logo = await findLogo(c.var.db, partnerId, digest);
  if (!logo) throw new AppError("not-found", "Cannot find the logo");
  return new Response(Uint8Array.from(decodeBase64(logo.base64)), {
    headers: {
      "content-type": logo.type,
      "cache-control": "public, max-age=31536000, immutable",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "cross-origin-resource-policy": "same-origin",
    },
  });
}
