import { expect, test } from "vitest";
import { connectLinks } from "../../shared/secrets/connect-link.ts";
import { generatePartnerKeys } from "../../shared/secrets/vault.ts";
import { tracerSignatures } from "./tracer-signatures.ts";

const keys = generatePartnerKeys();
const signatures = tracerSignatures(keys);
const tracer = { uid: "u-1", userId: "usr_1" };

test("a signature is right for its tracer, of its user", async () => {
  const signature = await signatures.sign(tracer);
  expect(await signatures.isRight(signature, tracer)).toBe(true);
  expect(await signatures.isRight(signature, { ...tracer, uid: "u-2" })).toBe(false);
  expect(await signatures.isRight(signature, { ...tracer, userId: "usr_2" })).toBe(false);
});

test("a signature stays right while its key is in the ring, and no longer", async () => {
  const [next] = generatePartnerKeys().keys;
  const signature = await signatures.sign(tracer);
  const rotated = tracerSignatures({ keys: [...(next ? [next] : []), ...keys.keys] });
  expect(await rotated.isRight(signature, tracer)).toBe(true);
  expect(await signatures.isRight(await rotated.sign(tracer), tracer)).toBe(false);
  const retired = tracerSignatures({ keys: next ? [next] : [] });
  expect(await retired.isRight(signature, tracer)).toBe(false);
});

test("a foreign signature is invalid", async () => {
  const [header, payload, mac] = (await signatures.sign(tracer)).split(".");
  const unsigned = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  const forged = [
    "",
    "x",
    "a.b.c",
    `${header}.${payload}.`,
    `${header}.${payload}.${mac?.replace(/^./, (first) => (first === "A" ? "B" : "A"))}`,
    `${unsigned}.${payload}.`,
    await tracerSignatures(generatePartnerKeys()).sign(tracer),
  ];
  for (const signature of forged) {
    expect([signature, await signatures.isRight(signature, tracer)]).toEqual([signature, false]);
  }
});

test("the token of a connect link is no signature of a tracer", async () => {
  const link = { purpose: "connect", userId: "usr_1", linkId: "u-1", expiresAtMs: 4e12 } as const;
  const url = await connectLinks(keys, "https://example.com").signUrl(link);
  expect(await signatures.isRight(url.split("/").at(-1) ?? "", tracer)).toBe(false);
});
