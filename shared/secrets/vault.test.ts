import * as v from "valibot";
import { CompactEncrypt, importJWK } from "jose";
import { expect, test } from "vitest";
import {
  generateMailboxKeys,
  generatePartnerKeys,
  mailboxOpener,
  mailboxPublicKeys,
  mailboxSealer,
  partnerKeys,
  partnerVault,
  type RowIdentity,
} from "./vault.ts";

const ROW: RowIdentity = "users/usr_1/login_password";
const mailbox = await generateMailboxKeys();
const partner = generatePartnerKeys();

const rings = {
  mailbox: { ...mailboxSealer(mailbox.publicKeys), ...mailboxOpener(mailbox.privateKeys) },
  partner: partnerVault(partner),
};
const names = ["mailbox", "partner"] as const;

test.each(names)("the %s ring opens what it sealed", async (ring) => {
  const sealed = await rings[ring].seal(ROW, "pässwörd");
  expect(sealed).not.toContain("pässwörd");
  expect(await rings[ring].open(ROW, sealed)).toBe("pässwörd");
});

test.each(names)("the %s ring seals the same secret differently each time", async (ring) => {
  expect(await rings[ring].seal(ROW, "x")).not.toBe(await rings[ring].seal(ROW, "x"));
});

test.each(names)(
  "the %s ring does not open a ciphertext that was moved to another row",
  async (ring) => {
    const sealed = await rings[ring].seal(ROW, "secret");
    await expect(rings[ring].open("users/usr_2/login_password", sealed)).rejects.toThrow(
      "Cannot open users/usr_2/login_password: it was sealed for another row",
    );
  },
);

test.each(names)(
  "the %s ring does not open a ciphertext whose header names another row",
  async (ring) => {
    const [, ...rest] = (await rings[ring].seal(ROW, "secret")).split(".");
    const [header] = (await rings[ring].seal("users/usr_2/login_password", "secret")).split(".");
    await expect(
      rings[ring].open("users/usr_2/login_password", [header, ...rest].join(".")),
    ).rejects.toThrow("not intact");
  },
);

test.each(names)(
  "the %s ring opens no ciphertext that was edited, in any of its parts",
  async (ring) => {
    const parts = (await rings[ring].seal(ROW, "secret")).split(".");
    for (const [i, part] of parts.entries()) {
      const edited = parts.with(i, part === "" ? "AAAA" : flipFirst(part));
      await expect(rings[ring].open(ROW, edited.join("."))).rejects.toThrow(
        /^Cannot open users\/usr_1/,
      );
    }
  },
);

test.each(names)(
  "the %s ring says which row and nothing of the secret when a key is unknown",
  async (ring) => {
    const other = {
      mailbox: mailboxSealer((await generateMailboxKeys()).publicKeys),
      partner: partnerVault(generatePartnerKeys()),
    };
    const sealed = await other[ring].seal(ROW, "secret");
    await expect(rings[ring].open(ROW, sealed)).rejects.toThrow(
      `Cannot open ${ROW}: the ${ring} ring has no key of its kid`,
    );
  },
);

test("a ring whose first key is new still opens what older keys sealed", async () => {
  const old = generatePartnerKeys();
  const fresh = generatePartnerKeys();
  const sealed = await partnerVault(old).seal(ROW, "secret");
  const rotated = partnerVault({ keys: [...fresh.keys, ...old.keys] });
  expect(await rotated.open(ROW, sealed)).toBe("secret");
  await expect(partnerVault(old).open(ROW, await rotated.seal(ROW, "new"))).rejects.toThrow(
    "no key of its kid",
  );
});

test("the edge's keys cannot open a mailbox secret, and the edge refuses a private key", async () => {
  const sealed = await rings.mailbox.seal(ROW, "secret");
  await expect(rings.partner.open(ROW, sealed)).rejects.toThrow(/^Cannot open/);
  expect(v.safeParse(mailboxPublicKeys, JSON.stringify(mailbox.privateKeys)).success).toBe(false);
});

test("the partner ring does not open what was sealed with another algorithm under its kid", async () => {
  const [jwk] = partner.keys;
  const key = await importJWK({ ...jwk }, "A256GCMKW");
  const sealed = await new CompactEncrypt(new TextEncoder().encode("forged"))
    .setProtectedHeader({ alg: "A256GCMKW", enc: "A256GCM", kid: jwk?.kid ?? "", row: ROW })
    .encrypt(key);
  await expect(rings.partner.open(ROW, sealed)).rejects.toThrow("not intact");
});

test("a key ring that is not a JSON Web Key Set is refused without its value", () => {
  const result = v.safeParse(partnerKeys, "hunter2");
  expect(result.issues?.[0]?.message).toBe(
    "must be a JSON Web Key Set of 256-bit symmetric keys, each with a kid",
  );
});

const flipFirst = (text: string) => (text.startsWith("A") ? "B" : "A") + text.slice(1);
