import * as v from "valibot";
import { expect, test } from "vitest";
import { EnvError, parseEnv } from "../shared/env.ts";
import { ssoEntries, ssoRules, toSsoSettings } from "./sso-settings.ts";

const schema = v.pipe(v.object(ssoEntries), ssoRules());
const read = (env: Record<string, string>) => toSsoSettings(parseEnv(schema, env));
const ID = { ADMIN_OIDC_ISSUER: "https://id.test", ADMIN_OIDC_CLIENT_ID: "superimap" };

test("without settings there is no single sign-on", () => {
  expect(read({})).toBeUndefined();
});

test("an issuer and a client id suffice", () => {
  expect(read(ID)).toEqual({
    issuer: "https://id.test",
    clientId: "superimap",
    clientSecret: undefined,
    name: "single sign-on",
    scopes: "openid email profile",
    roleSource: undefined,
    trustsEmail: false,
    isOnly: false,
  });
});

test("without a mapping, the values of the claim are the roles", () => {
  const roles = read({ ...ID, ADMIN_OIDC_ROLE_CLAIM: "role" })?.roleSource?.roles;
  expect([...(roles ?? [])]).toEqual([
    ["viewer", "viewer"],
    ["support", "support"],
    ["operator", "operator"],
    ["owner", "owner"],
  ]);
});

test("a mapping gives each value its role", () => {
  const ADMIN_OIDC_ROLES = "/ops = operator,key=boss=owner";
  const source = read({ ...ID, ADMIN_OIDC_ROLE_CLAIM: "groups", ADMIN_OIDC_ROLES })?.roleSource;
  expect([...(source?.roles ?? [])]).toEqual([
    ["/ops", "operator"],
    ["key=boss", "owner"],
  ]);
});

const MAPPING =
  "ADMIN_OIDC_ROLES must be value=role,value=role, where role is one of viewer, support, operator, owner";

test.each<[Record<string, string>, string]>([
  [{ ADMIN_OIDC_ISSUER: "https://id.test" }, "ADMIN_OIDC_CLIENT_ID is missing"],
  [{ ADMIN_OIDC_CLIENT_ID: "x" }, "ADMIN_OIDC_ISSUER is missing"],
  [{ ADMIN_OIDC_ONLY: "true" }, "ADMIN_OIDC_ISSUER is missing"],
  [{ ...ID, ADMIN_OIDC_ROLES: "a=owner" }, "ADMIN_OIDC_ROLE_CLAIM is missing"],
  [{ ...ID, ADMIN_OIDC_ISSUER: "http://id.test" }, "ADMIN_OIDC_ISSUER must begin with https://"],
  [{ ...ID, ADMIN_OIDC_SCOPES: "email" }, "ADMIN_OIDC_SCOPES must contain openid"],
  [{ ...ID, ADMIN_OIDC_ROLES: "a=admin" }, MAPPING],
  [{ ...ID, ADMIN_OIDC_ROLES: "owner" }, MAPPING],
  [{ ...ID, ADMIN_OIDC_ROLES: "a=owner," }, MAPPING],
])("%j is refused", (env, fault) => {
  const thrown = (() => {
    try {
      return read(env);
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(EnvError);
  expect(thrown).toMatchObject({ faults: [fault] });
});
