import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { expect, test } from "vitest";
import { isSignedWith, newSigningKey, signWith, toPublicKey } from "./signing-key.ts";

/** The key pair and the signature of test 2 in RFC 8032, 7.1. The message is the letter r. */
const SEED = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
const PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const SIGNATURE =
  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

test("a key signs as in the test vectors of RFC 8032", async () => {
  const key = `whsk_${Buffer.from(SEED + PUBLIC, "hex").toString("base64")}`;
  expect(toPublicKey(key)).toBe(`whpk_${Buffer.from(PUBLIC, "hex").toString("base64")}`);
  expect(Buffer.from(await signWith(key, "r")).toString("hex")).toBe(SIGNATURE);
  expect(await isSignedWith(toPublicKey(key), "r", Buffer.from(SIGNATURE, "hex"))).toBe(true);
});

/**
 * Returns the private key (`secret`) and the public key (`open`) as objects of node:crypto, which
 * needs the ASN.1 headers of RFC 8410.
 */
function ofNode(key: string) {
  const bytes = Buffer.from(key.slice("whsk_".length), "base64");
  const der = (header: string, half: Buffer) => Buffer.concat([Buffer.from(header, "hex"), half]);
  const format = { format: "der" } as const;
  return {
    sizeBytes: bytes.length,
    secret: createPrivateKey({
      key: der("302e020100300506032b657004220420", bytes.subarray(0, 32)),
      type: "pkcs8",
      ...format,
    }),
    open: createPublicKey({
      key: der("302a300506032b6570032100", bytes.subarray(32)),
      type: "spki",
      ...format,
    }),
  };
}

test("a new key and node:crypto verify each other", async () => {
  const key = await newSigningKey();
  const { sizeBytes, secret, open } = ofNode(key);
  expect(sizeBytes).toBe(64);
  const content = "evt_1.1700000000.{ü}";
  expect(verify(null, Buffer.from(content), open, await signWith(key, content))).toBe(true);
  const theirs = sign(null, Buffer.from(content), secret);
  expect(await isSignedWith(toPublicKey(key), content, theirs)).toBe(true);
  expect(await isSignedWith(toPublicKey(key), `${content} `, theirs)).toBe(false);
  expect(await isSignedWith(toPublicKey(await newSigningKey()), content, theirs)).toBe(false);
  expect(await isSignedWith(toPublicKey(key), content, theirs.subarray(1))).toBe(false);
});
