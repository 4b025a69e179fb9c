import { expect, test } from "vitest";
import { judgeNames, type NamesJudged, type NameTry } from "./judge-names.ts";

const refused: NameTry = { kind: "auth_failed", reason: "token_refused" };
const disabled: NameTry = { kind: "auth_failed", reason: "imap_disabled" };
const notOpened: NameTry = { kind: "transient", reason: "authenticated_not_connected" };
const busy: NameTry = { kind: "transient", reason: "too_many_connections" };
const away: NameTry = { kind: "unreachable", reason: "connection_refused" };

const unknown = (reason: NameTry["reason"], goesOn = false): NamesJudged => ({
  result: "unknown",
  reason,
  goesOn,
});
const isRefused = (reason: NameTry["reason"]): NamesJudged => ({ result: "refused", reason });

test.each<[what: string, tries: NameTry[], judged: NamesJudged]>([
  ["a name that is refused", [refused], isRefused("token_refused")],
  ["two names that are refused", [refused, refused], isRefused("token_refused")],
  ["a more specific refusal", [refused, disabled], isRefused("imap_disabled")],
  ["a more specific refusal, first", [disabled, refused], isRefused("imap_disabled")],
  ["a server that is busy", [busy], unknown("too_many_connections")],
  ["a server that is busy after a refusal", [refused, busy], unknown("too_many_connections")],
  ["a server that is away", [away], unknown("connection_refused")],
  ["a mailbox that is not opened", [notOpened], unknown("authenticated_not_connected", true)],
  [
    "a mailbox that is not opened, and a name that is refused",
    [notOpened, refused],
    unknown("authenticated_not_connected", true),
  ],
  ["no name", [], unknown("internal", true)],
])("judgeNames() of %s", (_what, tries, judged) => {
  expect(judgeNames(tries)).toEqual(judged);
});
