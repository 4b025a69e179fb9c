import { expect, test } from "vitest";
import type { Oauth2Options } from "./token-options.ts";
import { ALICE, RawClient, startWithAlice } from "../test-client.ts";

const ALLOW: Oauth2Options = { check: async () => ({ expiresAtMs: null }) };
const REFUSE: Oauth2Options = { check: async () => null };

const base64 = (text: string) => Buffer.from(text).toString("base64");
const XOAUTH2 = base64(`user=${ALICE.address}\x01auth=Bearer abc\x01\x01`);
const OAUTHBEARER = base64(`n,a=${ALICE.address},\x01auth=Bearer abc\x01\x01`);
const TAGGED = /^a .*\r\n/m;

test("configured mechanisms are offered and accepted", async () => {
  await using plain = await startWithAlice();
  using client = new RawClient(plain);
  expect(await client.exchange("a CAPABILITY\r\n", TAGGED)).not.toContain("OAUTH");
  expect(await client.exchange(`a AUTHENTICATE XOAUTH2 ${XOAUTH2}\r\n`, TAGGED)).toContain(
    "a NO [CANNOT]",
  );
  await using server = await startWithAlice({
    oauth2: { ...ALLOW, mechanisms: ["OAUTHBEARER"] },
    oauth1: { check: async () => true },
  });
  using other = new RawClient(server);
  expect(await other.exchange("a CAPABILITY\r\n", TAGGED)).toContain(
    "AUTH=PLAIN AUTH=XOAUTH AUTH=OAUTHBEARER\r\n",
  );
});

test("the response may come with the command or when it is asked for", async () => {
  await using server = await startWithAlice({ oauth2: ALLOW });
  using client = new RawClient(server);
  await client.exchange("a AUTHENTICATE OAUTHBEARER\r\n", /^\+ \r\n/m);
  expect(await client.exchange(`${OAUTHBEARER}\r\n`, TAGGED)).toContain("a OK");
  using other = new RawClient(server);
  expect(await other.exchange(`a AUTHENTICATE XOAUTH2 ${XOAUTH2}\r\n`, TAGGED)).toContain("a OK");
});

test.each([
  ["XOAUTH2", XOAUTH2, "", "NO [AUTHENTICATIONFAILED]"],
  ["XOAUTH2", XOAUTH2, "AQ==", "BAD"],
  ["OAUTHBEARER", OAUTHBEARER, "AQ==", "NO [AUTHENTICATIONFAILED]"],
  ["OAUTHBEARER", OAUTHBEARER, "", "BAD"],
])("a refused %s %s is explained; %j ends the dialogue with %s", async (...row) => {
  const [mechanism, response, seen, end] = row;
  await using server = await startWithAlice({ oauth2: REFUSE });
  using client = new RawClient(server);
  const command = `a AUTHENTICATE ${mechanism} ${response}\r\n`;
  const [, error = ""] = /^\+ (.+)\r\n/m.exec(await client.exchange(command, /^\+ .+\r\n/m)) ?? [];
  expect(JSON.parse(Buffer.from(error, "base64").toString())).toHaveProperty("status");
  expect(await client.exchange(`${seen}\r\n`, TAGGED)).toContain(`a ${end}`);
});

test("a token that cannot be checked now is no wrong token", async () => {
  await using server = await startWithAlice({
    oauth2: { check: () => Promise.reject(new Error("down")) },
  });
  using client = new RawClient(server);
  expect(await client.exchange(`a AUTHENTICATE XOAUTH2 ${XOAUTH2}\r\n`, TAGGED)).toContain(
    "a NO [UNAVAILABLE]",
  );
});

test("a connection ends with its token if the server is configured so", async () => {
  const check = async () => ({ expiresAtMs: Date.now() + 50 });
  await using server = await startWithAlice({ oauth2: { check, endsAtExpiry: true } });
  using client = new RawClient(server);
  const all = await client.exchangeToEnd(`a AUTHENTICATE XOAUTH2 ${XOAUTH2}\r\n`);
  expect(all).toMatch(/^a OK .*\r\n\* BYE Session expired\r\n$/m);
});
