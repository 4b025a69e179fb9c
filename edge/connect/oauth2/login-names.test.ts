import { expect, test } from "vitest";
import { loginNames } from "./login-names.ts";

const EMAIL = "ann@x.test";
const UPN = "a.smith@corp.x.test";

test.each<[what: string, set: string | null, told: (string | undefined)[], names: string[]]>([
  ["the address", null, [], [EMAIL]],
  ["the address before the name", null, [UPN], [EMAIL, UPN]],
  ["each name once, in any case", null, ["Ann@X.test", UPN, UPN.toUpperCase()], [EMAIL, UPN]],
  ["a name that is no address", null, ["CORP\\ann"], [EMAIL, "CORP\\ann"]],
  ["what is absent", null, [undefined, UPN], [EMAIL, UPN]],
  ["only what the partner set", "shared@x.test", [UPN], ["shared@x.test"]],
  ["no line break", null, ["a\r\nb@x.test"], [EMAIL]],
  ["no NUL", null, ["a\0b@x.test", "\0", "\uD800"], [EMAIL]],
  ["nothing blank", null, ["", "  "], [EMAIL]],
  ["nothing that was no UTF-8", null, ["stra\uFFFDe"], [EMAIL]],
  ["nothing endless", null, ["a".repeat(321)], [EMAIL]],
])("loginNames() has %s", (_what, set, told, names) => {
  expect(loginNames(set, EMAIL, told)).toEqual(names);
});
