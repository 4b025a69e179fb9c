import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { type ConnectLink, connectLinks } from "./connect-link.ts";
import { deriveKey } from "./derive-key.ts";
import { generatePartnerKeys } from "./vault.ts";

const keys = generatePartnerKeys();
const links = connectLinks(keys, "https://mail.test");
const link: ConnectLink = {
  purpose: "connect",
  userId: "usr_1",
  linkId: "lnk_1",
  expiresAtMs: 1_800_000_000_000,
};
const BEFORE_MS = link.expiresAtMs - 1_000;
const signToken = async (wanted: ConnectLink, by = links) =>
  (await by.signUrl(wanted)).split("/").at(-1) ?? "";

test("signUrl() puts a token into the path that read() understands", async () => {
  const url = await links.signUrl(link);
  expect(url).toMatch(/^https:\/\/mail\.test\/connect\/[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(await links.read(await signToken(link), "connect", BEFORE_MS)).toEqual(link);
});

test("read() recognizes a link that the page of another link offered", async () => {
  const choice = { ...link, isChoice: true };
  expect(await links.read(await signToken(choice), "connect", BEFORE_MS)).toEqual(choice);
});

test("signUrl() signs the same token as a library for JWT", async () => {
  const { kid, k } = keys.keys[0] ?? { kid: "", k: "" };
  const token = await new SignJWT({ sub: link.userId, jti: link.linkId })
    .setProtectedHeader({ alg: "HS256", kid })
    .setExpirationTime(link.expiresAtMs / 1_000)
    .sign(await deriveKey(k, "link/connect"));
  expect(await signToken(link)).toBe(token);
});

test("signUrl() gives the same URL for the same fields", async () => {
  expect(await links.signUrl(link)).toBe(await links.signUrl({ ...link }));
});

test("read() recognizes an expired link", async () => {
  expect(await links.read(await signToken(link), "connect", link.expiresAtMs)).toEqual({
    fault: "expired",
    userId: link.userId,
    linkId: link.linkId,
  });
});

test("read() takes a link that was signed with an older key of the ring", async () => {
  const rotated = connectLinks(
    { keys: [...generatePartnerKeys().keys, ...keys.keys] },
    "https://mail.test",
  );
  expect(await rotated.read(await signToken(link), "connect", BEFORE_MS)).toEqual(link);
  expect(await signToken(link, rotated)).not.toBe(await signToken(link));
});

const token = await signToken(link);
const [header = "", payload = "", signature = ""] = token.split(".");
const otherPayload = (await signToken({ ...link, userId: "usr_2" })).split(".")[1] ?? "";
const foreign = await signToken(link, connectLinks(generatePartnerKeys(), "https://mail.test"));
const unsigned = `${btoa('{"alg":"none"}').replace(/=+$/, "")}.${payload}.`;

test.each([
  ["is no token", "hunter2"],
  ["is empty", ""],
  ["is for another user than it was signed for", `${header}.${otherPayload}.${signature}`],
  ["has lost its end", token.slice(0, -4)],
  ["was signed by an unknown key", foreign],
  ["is not signed", unsigned],
])("read() refuses what %s", async (_what, wrong) => {
  expect(await links.read(wrong, "connect", BEFORE_MS)).toEqual({ fault: "invalid" });
});

test("read() refuses a link of another purpose", async () => {
  expect(await links.read(token, "disconnect", BEFORE_MS)).toEqual({ fault: "invalid" });
});
