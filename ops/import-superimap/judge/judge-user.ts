import type { ImportedUser } from "../../../db/partners/imports.ts";
import type { ProviderKind } from "../../../db/partners/providers.ts";
import { filled, leave, type UserRow, type ImportVerdict } from "../source-rows.ts";

export interface UserContext {
  kind: ProviderKind;
  imapHost: string;
  /** The tags and email addresses of the connection's living users, in lower case. */
  names: { tags: ReadonlySet<string>; emails: ReadonlySet<string> };
  /**
   * The fleet must not read mail from before this date. The import copies no records of such mail,
   * so the fleet could deliver it again.
   */
  rememberedSince: Date;
  decrypt: (text: string) => string | null;
  now: Date;
}

export interface TakenUser {
  /** The row of the user without its ids. */
  user: Omit<ImportedUser["user"], "id" | "connectionId">;
  /** The secret in plain text. Seal it before it is stored. */
  secret: { column: "login_password" | "refresh_token"; text: string } | null;
  /** The login name that identifies the mail account; null when there is none. */
  login: string | null;
  watchFrom: Date;
  cursor: ImportedUser["cursor"];
}

const HOUR_MS = 3_600_000;
const MAX_UINT32 = 2 ** 32 - 1;

export function judgeUser(row: UserRow, context: UserContext): ImportVerdict<TakenUser> {
  const { kind, names } = context;
  const tag = filled(row.tag);
  if (tag === null || tag.length > 255) return leave("its tag is blank or too long");
  const email = filled(row.email);
  if (email !== null && (email.length < 3 || email.length > 320)) {
    return leave("its e-mail address is none");
  }
  const isLiving = row.archived !== true;
  if (isLiving && names.tags.has(tag.toLowerCase())) {
    return leave("another living user of its connection has its tag");
  }
  if (isLiving && email !== null && names.emails.has(email.toLowerCase())) {
    return leave("another living user of its connection has its e-mail address");
  }
  const stored = filled(kind === "plain" ? row.login_password : row.oauth2_refresh_token);
  const text = stored === null ? null : context.decrypt(stored);
  if (stored !== null && text === null) {
    return leave(`its ${kind === "plain" ? "password" : "refresh token"} does not decrypt`);
  }
  const loginUsername = kind === "plain" ? filled(row.login_username) : null;
  const login = kind === "plain" ? loginUsername : (email?.toLowerCase() ?? null);
  const isConnected = login !== null && text !== null;
  const column = kind === "plain" ? "login_password" : "refresh_token";
  const createdAt = row.created_at ?? context.now;
  const connectedAt = isConnected ? (row.connected_at ?? createdAt) : null;
  return {
    kind: "take",
    taken: {
      user: {
        tag,
        email,
        loginUsername,
        ...(isLiving
          ? { state: "new" }
          : { state: "archived", archivedAt: row.updated_at ?? context.now }),
        connectedAt,
        credentialsAt: connectedAt,
        refreshedAt: isConnected && kind === "oauth2" ? connectedAt : null,
        lastLoginAt: row.last_login_at,
        lastEmailAt: row.last_email_at,
        enableTracer: row.enable_tracer === true,
        createdAt,
      },
      secret: isConnected ? { column, text } : null,
      login: isConnected ? login : null,
      watchFrom: watchFrom(row, context.rememberedSince),
      cursor: toCursor(row, context.imapHost),
    },
  };
}

/**
 * Returns the date from which the fleet reads mail, but not before `rememberedSince`. SuperIMAP
 * skips mail that is more than an hour older than the newest mail it has read. So the date is one
 * hour before that mail. For a user without mail, it is two days before the last login.
 */
function watchFrom(row: UserRow, rememberedSince: Date): Date {
  const newestMs = row.last_internal_date?.getTime();
  const loginMs = row.last_login_at?.getTime() ?? 0;
  const readUpToMs = newestMs === undefined ? loginMs - 48 * HOUR_MS : newestMs - HOUR_MS;
  return new Date(Math.max(readUpToMs, rememberedSince.getTime()));
}

/**
 * Returns the cursor, or null when the fleet must search for mail by date. Always null for Gmail:
 * SuperIMAP read INBOX or All Mail, whichever was listed first, and did not store which one.
 */
function toCursor(row: UserRow, imapHost: string): TakenUser["cursor"] {
  const uidValidity = Number(row.last_uid_validity ?? Number.NaN);
  const lastUid = row.last_uid ?? 0;
  const isKnown = Number.isInteger(uidValidity) && uidValidity > 0 && uidValidity <= MAX_UINT32;
  if (!isKnown || lastUid <= 0 || /(^|\.)(gmail|googlemail)\.com$/i.test(imapHost)) return null;
  return {
    mailbox: "INBOX",
    uidValidity,
    lastUid,
    importedUid: lastUid,
    lastInternalDate: row.last_internal_date,
    accountEpoch: 0,
  };
}
