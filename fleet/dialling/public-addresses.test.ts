import { expect, test } from "vitest";
import { findDialAddress } from "./dial-address.ts";
import { findPublicAddresses } from "./public-addresses.ts";
import { type ResolvedAddress, resolveHost, resolveTogether } from "./resolve.ts";

const withFamily = (address: string): ResolvedAddress => ({
  address,
  family: address.includes(":") ? 6 : 4,
});
const resolvesTo =
  (...addresses: string[]) =>
  async () =>
    addresses.map(withFamily);

test.each([
  ["mail.example.com", ["1.1.1.1"], ["1.1.1.1"]],
  ["mail.example.com", ["2606:4700:4700::1111", "1.1.1.1"], ["2606:4700:4700::1111", "1.1.1.1"]],
  ["mail.example.com", [], []],
  ["mail.example.com", ["1.1.1.1", "10.0.0.1"], []],
  ["mail.example.com", ["127.0.0.1"], []],
  ["mail.example.com", ["::ffff:7f00:1"], []],
  ["localhost", ["1.1.1.1"], []],
  ["db.internal.", ["1.1.1.1"], []],
  ["mailhost", ["1.1.1.1"], []],
  ["mailhost.", ["1.1.1.1"], []],
  ["16843009", ["1.1.1.1"], ["1.1.1.1"]],
])("%s, which resolves to %j, may be dialled at %j", async (host, resolved, dialled) => {
  const addresses = await findPublicAddresses(resolvesTo(...resolved), host);
  expect(addresses).toEqual(dialled.map(withFamily));
});

test.each([
  ...["127.0.0.1", "0x7f000001", "2130706433", "127.1", "0177.0.0.1", "0"],
  ...["::1", "::", "::ffff:7f00:1", "::ffff:127.0.0.1", "fdaa::3", "fe80::1"],
  ...["169.254.169.254", "10.0.0.1", "100.64.0.1", "172.16.0.1", "192.168.0.1"],
  ...["localhost", "LOCALHOST.", "imap.localhost", "db.internal", "app.flycast"],
])("no connection is made for the host %s, whatever the resolver returns", async (host) => {
  expect(await findDialAddress(host, resolveHost).catch(() => null)).toBeNull();
});

test("the first address of a public host is dialled", async () => {
  const resolve = resolvesTo("2606:4700:4700::1111", "1.1.1.1");
  expect(await findDialAddress("mail.example.com", resolve)).toBe("2606:4700:4700::1111");
});

test("the error of a name server is passed on unchanged", async () => {
  const failing = () => Promise.reject(new Error("ENOTFOUND"));
  await expect(findDialAddress("mail.example.com", failing)).rejects.toThrow("ENOTFOUND");
});

test("resolveTogether() asks once at a time for each host", async () => {
  const asked: string[] = [];
  const resolve = resolveTogether(async (host) => {
    asked.push(host);
    if (host === "b") throw new Error("ENOTFOUND");
    return [withFamily("1.1.1.1")];
  });
  await Promise.all([resolve("a"), resolve("a"), resolve("b").catch(() => {})]);
  expect(asked).toEqual(["a", "b"]);
  await resolve("a");
  expect(asked).toEqual(["a", "b", "a"]);
});
