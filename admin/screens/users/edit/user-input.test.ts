import { expect, test } from "vitest";
import { userInput } from "./user-input.ts";

test.each([
  [
    { tag: "A", email: "" },
    { tag: "A", email: "" },
  ],
  [
    { tag: "A", email: "a@x.test", login_username: "a", login_password: "secret" },
    { tag: "A", email: "a@x.test", login_username: "a", login_password: "secret" },
  ],
  [
    { tag: "A", login_username: "", login_password: "" },
    { tag: "A", login_username: "" },
  ],
  [
    { tag: "A", login_password: "typed", login_password_removed: "true" },
    { tag: "A", login_password: null },
  ],
  [{ tag: "A", oauth2_refresh_token: "" }, { tag: "A" }],
  [
    { tag: "A", oauth2_refresh_token: "", oauth2_refresh_token_removed: "true" },
    { tag: "A", oauth2_refresh_token: null },
  ],
  [
    { tag: "A", imap_host: "", imap_port: "", imap_security: "" },
    { tag: "A", imap_host: "" },
  ],
  [
    { tag: "A", imap_host: "mail.test", imap_port: "143", imap_security: "starttls" },
    { tag: "A", imap_host: "mail.test", imap_port: "143", imap_security: "starttls" },
  ],
])("a form of %j asks for %j", (fields, input) => {
  expect(userInput(fields)).toEqual(input);
});
