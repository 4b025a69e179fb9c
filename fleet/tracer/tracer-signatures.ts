import { errors, jwtVerify, SignJWT } from "jose";
import { deriveKey } from "../../shared/secrets/derive-key.ts";
import type { PartnerKeys } from "../../shared/secrets/vault.ts";

/** A tracer and its user. A signature is not valid in another user's mailbox. */
export interface SignedTracer {
  uid: string;
  userId: string;
}

/**
 * Signs tracers, and checks received ones. Other mail may have the subject of a tracer, but no
 * valid signature.
 */
export interface TracerSignatures {
  sign(tracer: SignedTracer): Promise<string>;
  isRight(signature: string, tracer: SignedTracer): Promise<boolean>;
}

/**
 * Creates signatures: JWTs (RFC 7519, HS256). Each key of the partner ring gives one HMAC key. The
 * active key signs. All keys verify: a new key does not invalidate tracers in transit.
 */
export function tracerSignatures(keys: PartnerKeys): TracerSignatures {
  return {
    async sign({ uid, userId }) {
      const active = keys.keys[0];
      if (!active) throw new Error("Cannot sign a tracer: the partner ring has no key");
      return new SignJWT({})
        .setProtectedHeader({ alg: "HS256", kid: active.kid })
        .setSubject(userId)
        .setJti(uid)
        .sign(await deriveKey(active.k, PURPOSE));
    },
    async isRight(signature, { uid, userId }) {
      try {
        const { payload } = await jwtVerify(
          signature,
          ({ kid }) => {
            const key = keys.keys.find((candidate) => candidate.kid === kid);
            if (!key) throw new errors.JWKSNoMatchingKey();
            return deriveKey(key.k, PURPOSE);
          },
          { algorithms: ["HS256"], subject: userId },
        );
        return payload.jti === uid;
      } catch (error) {
        if (error instanceof errors.JOSEError) return false;
        throw error;
      }
    },
  };
}

const PURPOSE = "tracer";
