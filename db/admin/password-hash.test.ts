import { expect, test } from "vitest";
import { hashPassword, NOBODYS_HASH, verifyPassword } from "./password-hash.ts";

test("a hash matches only its own password", async () => {
  const hash = await hashPassword("correct horse");
  expect(hash).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[\w-]{22}\$[\w-]{43}$/);
  expect(await verifyPassword(hash, "correct horse")).toBe(true);
  expect(await verifyPassword(hash, "correct hors")).toBe(false);
});

test("the same password has another hash each time", async () => {
  expect(await hashPassword("correct horse")).not.toBe(await hashPassword("correct horse"));
});

test("a password is the same however its letters were composed", async () => {
  expect(await verifyPassword(await hashPassword("caf\u00e9"), "cafe\u0301")).toBe(true);
});

test("a hash with other parameters is checked with them", async () => {
  // The first 32 bytes of scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1): RFC 7914, 12.
  const key = Buffer.from(
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2",
    "hex",
  );
  const salt = Buffer.from("SodiumChloride").toString("base64url");
  const hash = `$scrypt$ln=14,r=8,p=1$${salt}$${key.toString("base64url")}`;
  expect(await verifyPassword(hash, "pleaseletmein")).toBe(true);
});

test("the placeholder hash matches no password, and takes as long to check", async () => {
  expect(await verifyPassword(NOBODYS_HASH, "")).toBe(false);
});

test.each(["", "plain", "$2b$10$abc", "$scrypt$ln=14,r=8$a$b"])(
  "%j is no hash of ours",
  async (hash) => {
    await expect(verifyPassword(hash, "x")).rejects.toThrow("not in our format");
  },
);
