import { expect, test } from "vitest";
import { causeOf } from "./cause-of.ts";

test.each([
  ["paused", "admin:adm_1", "Ada", "Ada"],
  ["paused", "admin:adm_gone", null, "admin:adm_gone"],
  ["archived", "webhook", null, "the partner's webhook, with 403"],
  ["new", "connect", null, "the account's owner, by a link"],
  ["new", null, null, "the partner or the account's owner"],
  ["archived", null, null, "the partner or the account's owner"],
  ["watching", null, null, "seen at the mail server"],
  ["auth_failed", null, null, "seen at the mail server"],
])("%s, by %s (%s), is shown as %s", (state, actor, actor_name, words) => {
  expect(causeOf({ state, actor, actor_name })).toBe(words);
});
