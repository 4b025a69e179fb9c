import * as v from "valibot";
import { line } from "../text.ts";

/** RFC 5321, 4.5.3.1.3. */
const MAX_EMAIL = 254;
export const typedEmail = line(MAX_EMAIL);
export const email = v.pipe(typedEmail, v.email("must be an e-mail address"));
export const adminName = line(100);

/** Any text may be tried; what makes a good one is judged where one is chosen. */
export const password = v.pipe(
  v.string("must be a string"),
  v.minLength(1, "must not be empty"),
  v.maxLength(1_000, "must be at most 1000 characters long"),
);

/** Of an authenticator app, or one for recovery. */
export const code = v.pipe(
  v.string("must be a string"),
  v.minLength(1, "must not be empty"),
  v.maxLength(100, "must be at most 100 characters long"),
);
