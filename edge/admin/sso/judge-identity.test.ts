import { expect, test } from "vitest";
import type { Admin } from "../../../db/admin/admin-users.ts";
import type { AdminRole } from "../../../shared/admin-roles.ts";
import { type Candidates, type SsoIdentity, judgeIdentity } from "./judge-identity.ts";

const ISSUER = "https://id.test";

const newAdmin = (differing: Partial<Admin> = {}): Admin => ({
  id: "adm_1",
  email: "olga@mail.test",
  name: "Olga",
  role: "support",
  passwordKind: "chosen",
  passwordChangedAt: new Date(0),
  hasTotp: false,
  recoveryCodesLeft: 0,
  passkeys: 0,
  lockedUntil: null,
  isLocked: false,
  lastSignInAt: null,
  createdAt: new Date(0),
  oidcIssuer: null,
  oidcSubject: null,
  version: "1",
  ...differing,
});

const OLGA: SsoIdentity = {
  account: { issuer: ISSUER, subject: "42" },
  email: "olga@mail.test",
  isEmailVerified: true,
  name: "Olga",
  roleValues: [],
};
const NOBODY: Candidates = { linked: undefined, sameEmail: undefined };
const WITHOUT_ROLES = { roleSource: undefined, trustsEmail: false };
const WITH_ROLES = {
  roleSource: {
    claim: "groups",
    roles: new Map<string, AdminRole>([
      ["ops", "operator"],
      ["help", "support"],
      ["boss", "owner"],
    ]),
  },
  trustsEmail: false,
};

const linkedAdmin = newAdmin({ oidcIssuer: ISSUER, oidcSubject: "42" });
const sameEmail = newAdmin();

test("an admin who is linked signs in, whatever the address", () => {
  const identity = { ...OLGA, email: undefined, isEmailVerified: false };
  expect(judgeIdentity(identity, { ...NOBODY, linked: linkedAdmin }, WITHOUT_ROLES)).toEqual({
    kind: "sign-in",
    admin: linkedAdmin,
    mustLink: false,
    role: undefined,
  });
});

test.each([
  ["has no link", null],
  ["is linked at another provider", "https://old-id.test"],
])("an admin with the verified address who %s is linked", (_, oidcIssuer) => {
  const admin = newAdmin({ oidcIssuer, oidcSubject: oidcIssuer && "7" });
  expect(judgeIdentity(OLGA, { ...NOBODY, sameEmail: admin }, WITHOUT_ROLES)).toEqual({
    kind: "sign-in",
    admin,
    mustLink: true,
    role: undefined,
  });
});

test.each<[string, Partial<SsoIdentity>, Partial<Candidates>, string]>([
  ["nobody with this address", {}, {}, "unknown_admin"],
  [
    "an address that is not verified",
    { isEmailVerified: false },
    { sameEmail },
    "email_unverified",
  ],
  ["no address", { email: undefined }, { sameEmail }, "email_missing"],
  [
    "an address whose admin is linked to another account",
    {},
    { sameEmail: newAdmin({ oidcIssuer: ISSUER, oidcSubject: "43" }) },
    "linked_elsewhere",
  ],
])("%s: the sign-in is refused", (_, identity, candidates, code) => {
  const verdict = judgeIdentity(
    { ...OLGA, ...identity },
    { ...NOBODY, ...candidates },
    WITHOUT_ROLES,
  );
  expect(verdict).toEqual({ kind: "refused", code });
});

test("an address without a claim about it counts as verified if the setting says so", () => {
  const trusting = { ...WITHOUT_ROLES, trustsEmail: true };
  const judge = (isEmailVerified: boolean | undefined, sso: typeof trusting) =>
    judgeIdentity({ ...OLGA, isEmailVerified }, { ...NOBODY, sameEmail }, sso);
  expect(judge(undefined, trusting)).toMatchObject({ kind: "sign-in", mustLink: true });
  expect(judge(undefined, WITHOUT_ROLES)).toMatchObject({ code: "email_unverified" });
  expect(judge(false, trusting)).toMatchObject({ code: "email_unverified" });
});

test.each<[readonly string[], AdminRole | undefined]>([
  [["help"], undefined],
  [["ops"], "operator"],
  [["help", "boss", "ops"], "owner"],
  [["other", "ops"], "operator"],
])("with the values %j, the role of a support agent becomes %s", (roleValues, role) => {
  const candidates = { ...NOBODY, linked: linkedAdmin };
  expect(judgeIdentity({ ...OLGA, roleValues }, candidates, WITH_ROLES)).toMatchObject({
    kind: "sign-in",
    role,
  });
});

test.each([[[]], [["other"]], [["OPS"]], [["owner"]]])(
  "with the values %j, which have no role, even a linked admin is refused",
  (roleValues) => {
    const candidates = { linked: linkedAdmin, sameEmail: linkedAdmin };
    expect(judgeIdentity({ ...OLGA, roleValues }, candidates, WITH_ROLES)).toEqual({
      kind: "refused",
      code: "no_role",
    });
  },
);

test("a person with a role is created", () => {
  const identity = { ...OLGA, roleValues: ["ops"] };
  expect(judgeIdentity(identity, NOBODY, WITH_ROLES)).toEqual({
    kind: "create",
    email: "olga@mail.test",
    name: "Olga",
    role: "operator",
  });
  expect(judgeIdentity({ ...identity, name: undefined }, NOBODY, WITH_ROLES)).toMatchObject({
    name: "olga@mail.test",
  });
});

test("a person whose address is not verified is not created", () => {
  const identity = { ...OLGA, isEmailVerified: false, roleValues: ["boss"] };
  expect(judgeIdentity(identity, NOBODY, WITH_ROLES)).toMatchObject({ code: "email_unverified" });
});
