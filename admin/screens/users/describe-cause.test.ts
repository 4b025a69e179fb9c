import { expect, test } from "vitest";
import { describeCause } from "./describe-cause.ts";

test.each([
  ["paused", "admin:adm_1", "Ada", "Ada"],
  ["paused", "admin:adm_gone", null, "admin:adm_gone"],
  ["archived", "webhook", null, "the partner's webhook, by answering 403"],
  ["new", "connect", null, "the account owner, through a link"],
  ["new", null, null, "the partner or the account owner"],
  ["archived", null, null, "the partner or the account owner"],
  ["watching", null, null, "reported by the mail server"],
  ["auth_failed", null, null, "reported by the mail server"],
])("%s, by %s (%s), is shown as %s", (state, actor, actor_name, words) => {
  expect(describeCause({ state, actor, actor_name })).toBe(words);
});
