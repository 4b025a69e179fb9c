import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { digest } from "../../shared/digest.ts";
import type { Bus } from "./bus.ts";
import { deleteMessage, findMessage } from "./find-message.ts";
import { natsMessageId } from "./message-id.ts";
import { BODIES } from "./subjects.ts";

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The prefix of the message ids. Versions before encryption look for a body without it, and so
 * never deliver an encrypted one.
 */
const PREFIX = "sealed.";

export interface StoredBody {
  /** The sequence number in BODIES. */
  seq: number;
  /** The key of the body, in base64url. Only the event contains it. */
  key: string;
}

/**
 * Encrypts a mail or an envelope and stores it in BODIES. Idempotent: the same content has the same
 * key and message id, so NATS stores it once. Other content has another message id, so NATS never
 * ignores it as a duplicate.
 *
 * Without its key, a deleted body cannot be read. So its bytes need not be overwritten on disk.
 * Overwriting would rewrite a file of up to 8 MiB for each mail (docs/decisions/010).
 */
export async function storeBody(
  bus: Bus,
  { subject, id, occasion }: { subject: string; id: string; occasion?: string | undefined },
  content: Uint8Array,
  signal: AbortSignal,
): Promise<StoredBody> {
  const key = digest("sha256", "body key\0", content);
  const name = Buffer.from(digest("sha256", "body name\0", key).subarray(0, 9)).toString(
    "base64url",
  );
  const messageId = natsMessageId(
    PREFIX + id,
    occasion === undefined ? name : `${occasion}-${name}`,
  );
  const payload = encrypt(content, key);
  const { seq } = await bus.publishUntilStored({ subject, id: messageId, payload }, signal);
  const stored = { seq, key: Buffer.from(key).toString("base64url") };
  bus.recentBodies?.put({ ...stored, id }, content);
  return stored;
}

/** Where a body is, and how to read it, as its event says. */
export interface BodyReference {
  seq: number;
  id: string;
  /** Null for a body that an earlier version stored. It is not encrypted. */
  key: string | null;
}

/**
 * Reads a body from BODIES, or takes it from `bus.recentBodies`. Returns undefined when the message at `seq` does not exist, belongs to
 * another event, or was encrypted with another key. Rejects when NATS does not answer.
 */
export async function readBody(bus: Bus, body: BodyReference): Promise<Uint8Array | undefined> {
  const { key } = body;
  if (key === null) return findData(bus, body);
  const recent = bus.recentBodies?.take({ ...body, key });
  if (recent) return recent;
  const data = await findData(bus, body);
  return data && decrypt(data, Buffer.from(key, "base64url"));
}

/** Returns whether a body is in BODIES. Rejects when NATS does not answer. */
export const isBodyStored = async (bus: Bus, body: BodyReference): Promise<boolean> =>
  (await findData(bus, body)) !== undefined;

async function findData(bus: Bus, { seq, id, key }: BodyReference) {
  const stored = await findMessage(bus, BODIES, { seq, id: key === null ? id : PREFIX + id });
  return stored?.data;
}

/** Deletes bodies that are no longer needed. Idempotent. */
export async function deleteBodies(bus: Bus, seqs: readonly number[]): Promise<void> {
  await Promise.all(seqs.map((seq) => deleteMessage(bus, BODIES, seq, { overwrite: false })));
}

function encrypt(content: Uint8Array, key: Uint8Array): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  return Buffer.concat([iv, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(sealed: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  try {
    const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const content = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
    return Buffer.concat([content, decipher.final()]);
  } catch {
    return undefined;
  }
}
