import * as v from "valibot";
import { expect, test } from "vitest";
import { address, EnvError, flag, parseEnv } from "../env.ts";
import { databaseProxy } from "./database-proxy.ts";
import { DEVELOPMENT_KID } from "../secrets/development-keys.ts";
import { productionRules } from "./production.ts";
import {
  generateMailboxKeys,
  generatePartnerKeys,
  mailboxPrivateKeys,
  mailboxPublicKeys,
  partnerKeys,
} from "../secrets/vault.ts";

const schema = v.pipe(
  v.object({
    PUBLIC_URL: address("https:", "http:"),
    NATS_URL: v.optional(address("nats:", "tls:")),
    DATABASE_PROXY: v.optional(databaseProxy),
    MAILBOX_PUBLIC_KEYS: v.optional(mailboxPublicKeys),
    MAILBOX_PRIVATE_KEYS: v.optional(mailboxPrivateKeys),
    PARTNER_KEYS: v.optional(partnerKeys),
    ALLOW_HTTP_WEBHOOKS: v.optional(flag),
    ALLOW_PRIVATE_HOSTS: v.optional(flag),
  }),
  productionRules(),
);

function catchFaults(env: Record<string, string>): readonly string[] {
  try {
    parseEnv(schema, { PUBLIC_URL: "https://mail.test", ...env });
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.faults;
    throw error;
  }
}

const mailbox = await generateMailboxKeys(DEVELOPMENT_KID);
const real = await generateMailboxKeys();
const partner = generatePartnerKeys(DEVELOPMENT_KID);

const REFUSED: [name: string, value: string, wanted: string][] = [
  ["PUBLIC_URL", "http://mail.test", "must begin with https://"],
  ["NATS_URL", "nats://nats.internal:4222", "must begin with tls://"],
  ["NATS_URL", "nats://192.168.0.7:4222", "must begin with tls://"],
  ["NATS_URL", "nats://[fd00::7]:4222", "must begin with tls://"],
  ["DATABASE_PROXY", "proxy.internal:80", "must begin with wss://"],
  ["MAILBOX_PUBLIC_KEYS", JSON.stringify(mailbox.publicKeys), "must have no key"],
  ["MAILBOX_PRIVATE_KEYS", JSON.stringify(mailbox.privateKeys), "must have no key"],
  ["PARTNER_KEYS", JSON.stringify(partner), "must have no key"],
  [
    "PARTNER_KEYS",
    JSON.stringify({ keys: [...generatePartnerKeys().keys, ...partner.keys] }),
    "must have no key",
  ],
  ["ALLOW_HTTP_WEBHOOKS", "true", "must be false"],
  ["ALLOW_PRIVATE_HOSTS", "true", "must be false"],
];

test.each(REFUSED)("in production %s=%s is refused", (name, value, wanted) => {
  const faults = catchFaults({ [name]: value });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(new RegExp(`^${name} ${wanted}`));
  expect(faults[0]).toMatch(/ where PUBLIC_URL is not an address of this machine alone$/);
});

test.each(REFUSED.slice(1))("on this machine %s=%s is taken", (name, value) => {
  expect(catchFaults({ PUBLIC_URL: "http://127.0.0.1:8787", [name]: value })).toEqual([]);
});

test.each([
  ["NATS_URL", "tls://nats.internal:4222"],
  ["NATS_URL", "nats://127.0.0.1:4222"],
  ["NATS_URL", "nats://nats:4222"],
  ["NATS_URL", "nats://[::1]:4222"],
  ["DATABASE_PROXY", "wss://proxy.test"],
  ["DATABASE_PROXY", "wss://proxy.test:8443"],
  ["DATABASE_PROXY", "127.0.0.1:5433"],
  ["PARTNER_KEYS", JSON.stringify(generatePartnerKeys())],
  ["MAILBOX_PUBLIC_KEYS", JSON.stringify(real.publicKeys)],
  ["ALLOW_PRIVATE_HOSTS", "false"],
])("in production %s=%s is taken", (name, value) => {
  expect(catchFaults({ [name]: value })).toEqual([]);
});

test("settings that are wrong anywhere are reported first", () => {
  const faults = catchFaults({
    PUBLIC_URL: "nowhere",
    NATS_URL: "nowhere",
    ALLOW_PRIVATE_HOSTS: "true",
  });
  expect(faults.map((fault) => fault.split(" ")[0])).toEqual(["PUBLIC_URL", "NATS_URL"]);
});

test.each(["proxy.test", "ws://proxy.test:80", "wss://", "wss://a:b@c", "https://proxy.test"])(
  "a proxy at %s is refused anywhere",
  (DATABASE_PROXY) => {
    expect(catchFaults({ DATABASE_PROXY })).toEqual([
      "DATABASE_PROXY must be host:port or wss://host:port",
    ]);
  },
);
