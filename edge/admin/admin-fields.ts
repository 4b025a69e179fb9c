import * as v from "valibot";
import { line } from "../text.ts";

/** The longest address that SMTP allows (RFC 5321, 4.5.3.1.3). */
const MAX_EMAIL = 254;
export const typedEmail = line(MAX_EMAIL);
export const email = v.pipe(typedEmail, v.email("must be an e-mail address"));
export const adminName = line(100);

/**
 * A password, old or new. Only its length is limited here. passwordFault() checks new passwords
 * against further rules.
 */
export const password = v.pipe(
  v.string("must be a string"),
  v.minLength(1, "must not be empty"),
  v.maxLength(1_000, "must be at most 1000 characters long"),
);

/** A code of an authenticator app, or a recovery code. */
export const code = v.pipe(
  v.string("must be a string"),
  v.minLength(1, "must not be empty"),
  v.maxLength(100, "must be at most 100 characters long"),
);
