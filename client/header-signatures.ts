import { decodeBase64 } from "@oslojs/encoding";
import {
  isWebhookSecret,
  signedContent,
  type SignedMessage,
  webhookSignature,
} from "../shared/secrets/signatures.ts";
import { isPublicKey, isSignedWith } from "../shared/secrets/signing-key.ts";
import { isSame } from "./is-same.ts";

/** Matches a `v1a` signature: `v1a,` and the base64 of the 64 bytes of an Ed25519 signature. */
const V1A = /^v1a,([A-Za-z0-9+/]{85}[AQgw]==)$/;

/**
 * Whether one of the header's signatures was made with one of the keys. A `v1` signature needs a
 * secret (`whsec_…`), a `v1a` signature needs a public key (`whpk_…`). Signatures of other versions
 * are ignored.
 *
 * Source: Standard Webhooks 1.0.0, "Verifying signatures".
 *
 * @throws {TypeError} when a key is neither a secret nor a public key.
 */
export async function isHeaderSigned(
  message: SignedMessage,
  header: string,
  keys: readonly string[],
): Promise<boolean> {
  const signatures = header.split(" ");
  const verdicts = await Promise.all(keys.map((key) => isSignedBy(message, signatures, key)));
  return verdicts.includes(true);
}

async function isSignedBy(
  message: SignedMessage,
  signatures: readonly string[],
  key: string,
): Promise<boolean> {
  if (isWebhookSecret(key)) {
    const expected = await webhookSignature(message, [key]);
    return signatures.some((signature) => isSame(signature, expected));
  }
  if (isPublicKey(key)) {
    const content = signedContent(message);
    const found = signatures.flatMap((signature) => V1A.exec(signature)?.[1] ?? []);
    const verdicts = await Promise.all(
      found.map((base64) => isSignedWith(key, content, decodeBase64(base64))),
    );
    return verdicts.includes(true);
  }
  throw new TypeError("Cannot verify webhooks: found a key that is neither whsec_… nor whpk_…");
}
