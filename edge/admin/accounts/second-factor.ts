import { decodeBase64, encodeBase64 } from "@oslojs/encoding";
import { spendRecoveryCode, spendTotpStep } from "../../../db/admin/admin-totp.ts";
import type { Db } from "../../../db/client.ts";
import { newOneTimeCode, readOneTimeCode } from "../../../shared/secrets/one-time-code.ts";
import { sha256Hex } from "../../../shared/secrets/sha256.ts";
import type { Opener, Sealer } from "../../../shared/secrets/vault.ts";
import { findStep } from "./totp-code.ts";

const RECOVERY_CODES = 10;

const nameRow = (adminId: string) => `admin_users/${adminId}/totp_secret` as const;

export const sealTotpSecret = (vault: Sealer, adminId: string, secret: Uint8Array) =>
  vault.seal(nameRow(adminId), encodeBase64(secret));

export const openTotpSecret = async (vault: Opener, adminId: string, sealed: string) =>
  decodeBase64(await vault.open(nameRow(adminId), sealed));

/**
 * Checks a code: either the current code of the authenticator app, or a recovery code. A correct
 * code cannot be used again.
 */
export async function spendCode(
  { db, vault }: { db: Db; vault: Opener },
  { id, sealedTotpSecret }: { id: string; sealedTotpSecret: string },
  code: string,
): Promise<boolean> {
  const digits = code.replaceAll(/\s/g, "");
  const step = findStep(await openTotpSecret(vault, id, sealedTotpSecret), digits, Date.now());
  if (step !== undefined) return spendTotpStep(db, id, step);
  return spendRecoveryCode(db, id, await sha256Hex(readOneTimeCode(code)));
}

/**
 * Creates recovery codes and their hashes. The codes are shown once; the database stores only the
 * hashes. Each code has 80 random bits, so a fast hash is safe enough.
 */
export async function newRecoveryCodes(): Promise<{ codes: string[]; hashes: string[] }> {
  const codes = Array.from({ length: RECOVERY_CODES }, newOneTimeCode);
  return { codes, hashes: await Promise.all(codes.map(sha256Hex)) };
}
