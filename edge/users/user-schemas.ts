import * as v from "valibot";
import { IMAP_SECURITIES } from "../../db/partners/tables.ts";
import { USER_STATES } from "../../shared/users/user-states.ts";
import { booleanField, clearable, line, port, secret } from "../text.ts";
import { imapHost } from "./imap-host.ts";

const tag = v.pipe(
  line(255),
  // The tag is a segment of URL paths. URL parsers remove the segments `.` and `..`, even when they
  // are percent-encoded.
  v.check((text) => text !== "." && text !== "..", "must not be . or .."),
  v.description("The partner's name for the user. Unique among living users; case is ignored."),
  v.examples(["customer-17"]),
);
const email = v.pipe(
  line(320),
  v.regex(/^\S+@[^\s@]+$/, "must be an e-mail address"),
  v.description("Unique among the living users of the connection; case is ignored."),
);
const username = v.pipe(
  line(320),
  v.description(
    "The login name at the mail server. OAuth providers: only if it differs from `email` (a user principal name, a shared mailbox); then only this name is tried. Null or empty clears it. A different name means a different account: the user gets only mail that arrives there from now on.",
  ),
);
const password = v.pipe(
  secret(1_024),
  v.description("Plain providers only. Stored encrypted and never shown. Null or empty clears it."),
);

const refreshToken = v.pipe(
  secret(4_096),
  v.description(
    "OAuth 2 providers only, together with `email`: connects the user without a browser. Stored encrypted and never shown. Null or empty disconnects the user and revokes the token.",
  ),
);
const ownHost = "Only if each user has its own host";

const optionalFields = {
  email: v.exactOptional(clearable(email)),
  login_username: v.exactOptional(clearable(username)),
  login_password: v.exactOptional(clearable(password)),
  oauth2_refresh_token: v.exactOptional(clearable(refreshToken)),
  imap_host: v.exactOptional(
    v.pipe(
      clearable(imapHost),
      v.description(`${ownHost}; then required with a login: a host name or an IP address.`),
    ),
  ),
  imap_port: v.exactOptional(
    port(`${ownHost}; 993, or 143 without TLS from the start, if absent.`),
  ),
  imap_security: v.exactOptional(
    clearable(
      v.pipe(
        v.picklist(IMAP_SECURITIES, `must be one of ${IMAP_SECURITIES.join(", ")}`),
        v.description(`${ownHost}; tls if absent. With none, the password is sent unencrypted.`),
      ),
    ),
  ),
};

export const newUser = v.strictObject({ tag, ...optionalFields });
export type NewUserFields = v.InferOutput<typeof newUser>;

export const changedUser = v.strictObject({
  tag: v.exactOptional(tag),
  ...optionalFields,
  archived: v.exactOptional(booleanField("true archives the user, false restores it.")),
});
export type ChangedUser = v.InferOutput<typeof changedUser>;

/** The filters for a list of users. */
export const userFilter = {
  tag: v.optional(
    v.pipe(line(255), v.description("Only the user with this tag; case is ignored.")),
  ),
  email: v.optional(
    v.pipe(line(320), v.description("Only users with this e-mail address; case is ignored.")),
  ),
  state: v.optional(
    v.pipe(
      v.picklist(USER_STATES, `must be one of ${USER_STATES.join(", ")}`),
      v.description("Only users in this state."),
    ),
  ),
  archived: v.optional(booleanField("true: only archived users; false: only living ones.")),
};
