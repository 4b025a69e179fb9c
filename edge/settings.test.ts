import { expect, test } from "vitest";
import { DEVELOPMENT_KID } from "../shared/secrets/development-keys.ts";
import { EnvError } from "../shared/env.ts";
import { generateMailboxKeys, generatePartnerKeys } from "../shared/secrets/vault.ts";
import { readSettings } from "./settings.ts";

const mailbox = await generateMailboxKeys();
const env = {
  DATABASE_URL: "postgres://u:hunter2@db.test/x",
  MAILBOX_PUBLIC_KEYS: JSON.stringify(mailbox.publicKeys),
  PARTNER_KEYS: JSON.stringify(generatePartnerKeys()),
  PUBLIC_URL: "https://mail.test/",
};

function catchFaults(wrong: Record<string, unknown>): readonly string[] {
  try {
    readSettings(wrong);
  } catch (error) {
    if (error instanceof EnvError) return error.faults;
    throw error;
  }
  return [];
}

test("readSettings() takes a whole environment", () => {
  expect(readSettings(env)).toMatchObject({
    databaseUrl: env.DATABASE_URL,
    databaseProxy: undefined,
    publicUrl: "https://mail.test",
  });
});

test("webhooks go to the usual ports over TLS, unless the settings say otherwise", () => {
  const usual = { ports: [80, 443, 8080, 8443], allowsHttp: false, allowsPrivateHosts: false };
  expect(readSettings(env).webhookUrls).toEqual(usual);
  const other = {
    WEBHOOK_PORTS: "443,9000",
    ALLOW_HTTP_WEBHOOKS: "true",
    ALLOW_PRIVATE_HOSTS: "true",
    PUBLIC_URL: "http://127.0.0.1:8787",
  };
  const { webhookUrls } = readSettings({ ...env, ...other });
  expect(webhookUrls).toEqual({ ports: [443, 9000], allowsHttp: true, allowsPrivateHosts: true });
  expect(catchFaults({ ...env, WEBHOOK_PORTS: "25", ALLOW_PRIVATE_HOSTS: "yes" })).toHaveLength(2);
});

test.each([
  ["http://127.0.0.1:8787", true],
  ["http://localhost:8787", true],
  ["http://[::1]:8787", true],
  ["https://mail.test", false],

  ["https://localhost.mail.test", false],
  ["https://127.0.0.1.mail.test", false],
])("an edge at %s is development's: %j", (PUBLIC_URL, isDevelopment) => {
  expect(readSettings({ ...env, PUBLIC_URL }).isDevelopment).toBe(isDevelopment);
});

test("readSettings() reports all faults at once, without values", () => {
  const faults = catchFaults({
    DATABASE_URL: "mysql://hunter2",
    DATABASE_PROXY: "hunter2",
    PARTNER_KEYS: "hunter2",
    PUBLIC_URL: "hunter2",
  });
  expect(faults).toHaveLength(5);
  expect(faults).toContain("MAILBOX_PUBLIC_KEYS is missing");
  expect(faults.join()).not.toContain("hunter2");
});

test("readSettings() refuses the private half of the mailbox ring", () => {
  const MAILBOX_PUBLIC_KEYS = JSON.stringify(mailbox.privateKeys);
  expect(catchFaults({ ...env, MAILBOX_PUBLIC_KEYS })).toEqual([
    "MAILBOX_PUBLIC_KEYS must be a JSON Web Key Set of public P-256 keys, each with a kid",
  ]);
});

test.each([
  ["PUBLIC_URL", "http://192.168.1.7:8787"],
  ["DATABASE_PROXY", "proxy.test:80"],
  ["PARTNER_KEYS", JSON.stringify(generatePartnerKeys(DEVELOPMENT_KID))],
  ["ALLOW_HTTP_WEBHOOKS", "true"],
  ["ALLOW_PRIVATE_HOSTS", "true"],
])("in production the edge refuses a wrong %s", (name, value) => {
  const faults = catchFaults({ ...env, [name]: value });
  expect(faults).toEqual([expect.stringMatching(new RegExp(`^${name} must `))]);
});
