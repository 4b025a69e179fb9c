import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { MailboxStore, MailStore, StoredMailbox } from "./mail-store.ts";
import type { MailboxMessage } from "./message.ts";

const Uint32 = v.pipe(v.number(), v.integer(), v.minValue(1));

const IndexFile = v.object({
  uid_validity: Uint32,
  uid_next: Uint32,
  messages: v.array(
    v.object({
      uid: Uint32,
      internal_date: v.pipe(v.string(), v.isoTimestamp()),
      flags: v.array(v.string()),
      gmail: v.optional(
        v.object({ message_id: v.string(), thread_id: v.string(), labels: v.array(v.string()) }),
      ),
    }),
  ),
});

/**
 * Returns a store that keeps mail in files: `ADDRESS/MAILBOX/index.json` and
 * `ADDRESS/MAILBOX/UIDVALIDITY/UID.eml`.
 *
 * Only mail in the index exists. The file of a mail is complete before the mail is added to the
 * index. The file is deleted after the mail is removed from the index. So a killed process leaves
 * at most one extra file, which the next start removes.
 */
export function diskStore(directory: string): MailStore {
  return {
    mailboxNames(address) {
      const folder = join(directory, folderName(address));
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return readdirSync(folder).map(decodeURIComponent);
    },
    open: (address, mailbox) =>
      mailboxFolder(join(directory, folderName(address), folderName(mailbox))),
  };
}

function mailboxFolder(folder: string): MailboxStore {
  const indexPath = join(folder, "index.json");
  const messagePath = (uidValidity: number, uid: number) =>
    join(folder, String(uidValidity), `${uid}.eml`);
  return {
    load() {
      const index = readIndex(indexPath);
      if (!index) return undefined;
      removeStrays(folder, index);
      const messages = index.messages.map(
        ({ uid, internal_date, flags, gmail }): MailboxMessage => {
          return {
            uid,
            raw: readFileSync(messagePath(index.uid_validity, uid)),
            internalDate: Date.parse(internal_date),
            flags: new Set(flags),
            ...(gmail && {
              gmail: {
                messageId: gmail.message_id,
                threadId: gmail.thread_id,
                labels: gmail.labels,
              },
            }),
          };
        },
      );
      return { uidValidity: index.uid_validity, uidNext: index.uid_next, messages };
    },
    saveMessage(uidValidity, { uid, raw }) {
      mkdirSync(join(folder, String(uidValidity)), { recursive: true, mode: 0o700 });
      replaceFile(messagePath(uidValidity, uid), raw);
    },
    removeMessage: (uidValidity, uid) => rmSync(messagePath(uidValidity, uid), { force: true }),
    saveIndex(mailbox) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      replaceFile(indexPath, JSON.stringify(toIndex(mailbox), null, 1));
    },
  };
}

function toIndex({
  uidValidity,
  uidNext,
  messages,
}: StoredMailbox): v.InferOutput<typeof IndexFile> {
  return {
    uid_validity: uidValidity,
    uid_next: uidNext,
    messages: messages.map(({ uid, internalDate, flags, gmail }) => ({
      uid,
      internal_date: new Date(internalDate).toISOString(),
      flags: [...flags],
      ...(gmail && {
        gmail: { message_id: gmail.messageId, thread_id: gmail.threadId, labels: gmail.labels },
      }),
    })),
  };
}

function readIndex(path: string): v.InferOutput<typeof IndexFile> | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const index = v.safeParse(v.pipe(v.string(), v.parseJson(), IndexFile), text);
  if (index.success) return index.output;
  const faults = index.issues.map((issue) => `${v.getDotPath(issue) ?? "file"}: ${issue.message}`);
  throw new Error(`Cannot open mailbox index ${path}: ${faults.join("; ")}`);
}

/** Removes files that a killed process did not complete or delete. */
function removeStrays(folder: string, index: v.InferOutput<typeof IndexFile>): void {
  const current = String(index.uid_validity);
  for (const name of readdirSync(folder)) {
    if (name !== "index.json" && name !== current) rmSync(join(folder, name), { recursive: true });
  }
  const named = new Set(index.messages.map(({ uid }) => `${uid}.eml`));
  if (named.size === 0) return rmSync(join(folder, current), { recursive: true, force: true });
  for (const name of readdirSync(join(folder, current))) {
    if (!named.has(name)) rmSync(join(folder, current, name));
  }
}

/** Replaces a file atomically: a reader sees the old file or the new one, never a part of it. */
function replaceFile(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Returns a safe file name that `decodeURIComponent` can decode. */
function folderName(name: string): string {
  return encodeURIComponent(name).replaceAll(".", "%2E").replaceAll("*", "%2A");
}
