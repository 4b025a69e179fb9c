import * as v from "valibot";
import type { ProviderKind } from "../../db/providers.ts";
import { USER_STATES } from "../../db/schema.ts";
import type { ListedUser, User } from "../../db/users.ts";
import { clearable, flag, line, secret } from "./text.ts";

const tag = v.pipe(
  line(255),
  // Every URL parser takes these two for steps between folders, percent-encoded or not.
  v.check((text) => text !== "." && text !== "..", "must not be . or .."),
  v.description("The partner's name for the user; unique among the living, in any case."),
);
const email = v.pipe(
  line(320),
  v.regex(/^\S+@[^\s@]+$/, "must be an e-mail address"),
  v.description("Unique among the living users of the connection, in any case."),
);
const username = v.pipe(line(320), v.description("Plain providers only; null or empty clears it."));
const password = v.pipe(
  secret(1_024),
  v.description("Plain providers only; kept sealed and never shown; null or empty clears it."),
);

const optionalFields = {
  email: v.exactOptional(clearable(email)),
  login_username: v.exactOptional(clearable(username)),
  login_password: v.exactOptional(clearable(password)),
};

export const newUser = v.strictObject({ tag, ...optionalFields });

export const changedUser = v.strictObject({
  tag: v.exactOptional(tag),
  ...optionalFields,
  archived: v.exactOptional(flag("true archives the user, false restores it.")),
});
export type ChangedUser = v.InferOutput<typeof changedUser>;

const time = v.pipe(v.string(), v.isoTimestamp());
const noTime = v.nullable(time);
const state = v.picklist(USER_STATES);

export const listedUser = v.object({
  tag: v.string(),
  email: v.nullable(v.string()),
  state,
  archived: v.boolean(),
  connected_at: noTime,
});

const connectDescription = "Null until accounts can be connected in a browser.";

export const userAnswer = v.object({
  ...listedUser.entries,
  connect_url: v.pipe(v.null(), v.description(connectDescription)),
  disconnect_url: v.pipe(v.null(), v.description(connectDescription)),
  state_reason: v.nullable(v.string()),
  archived_at: noTime,
  last_login_at: noTime,
  last_email_at: noTime,
  last_heard_at: v.pipe(
    noTime,
    v.description("When the user's mail server last answered; written once in some minutes."),
  ),
  created_at: time,
  login_username: v.exactOptional(
    v.pipe(v.nullable(v.string()), v.description("Plain providers only.")),
  ),
});

export const showListedUser = (user: ListedUser): v.InferOutput<typeof listedUser> => ({
  tag: user.tag,
  email: user.email,
  state: user.state,
  archived: user.archivedAt !== null,
  connected_at: isoTime(user.connectedAt),
});

export const showUser = (user: User, kind: ProviderKind): v.InferOutput<typeof userAnswer> => ({
  ...showListedUser(user),
  connect_url: null,
  disconnect_url: null,
  state_reason: user.stateReason,
  archived_at: isoTime(user.archivedAt),
  last_login_at: isoTime(user.lastLoginAt),
  last_email_at: isoTime(user.lastEmailAt),
  last_heard_at: isoTime(user.lastHeardAt),
  created_at: user.createdAt.toISOString(),
  ...(kind === "plain" && { login_username: user.loginUsername }),
});

const isoTime = (at: Date | null) => at?.toISOString() ?? null;
