import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { fleetSettings } from "../../fleet/settings.ts";
import { newWebhookSecret, webhookSignature } from "../../shared/secrets/signatures.ts";

const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");

/** Rows `| NAME | default | … |` of the settings table. */
const table = new Map(
  [...readme.matchAll(/^\| `([A-Z_]+)` +\| (.*?) *\|/gm)].map(([, name = "", value = ""]) => [
    name,
    value.replaceAll("`", ""),
  ]),
);

test("the README's table has every setting of the fleet, and no other", () => {
  expect([...table.keys()].toSorted()).toEqual(Object.keys(fleetSettings.entries).toSorted());
});

test.each(Object.entries(fleetSettings.entries))(
  "the README's default of %s is the real one",
  (name, schema) => {
    const given = schema.type === "optional" ? schema.default : undefined;
    if (typeof given !== "string") return;
    expect(table.get(name)).toBe(given);
  },
);

test("the README's verifier for Node verifies what the fleet signs", async () => {
  const code = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  expect(code).toContain("new Webhook(secret).verify(body, headers)");
  const secret = newWebhookSecret();
  const message = { id: "evt_1", timestampS: Math.floor(Date.now() / 1_000), body: "{}" };
  const headers = {
    "webhook-id": message.id,
    "webhook-timestamp": String(message.timestampS),
    "webhook-signature": await webhookSignature(message, [secret]),
  };
  expect(new Webhook(secret).verify(message.body, headers)).toEqual({});
});

test("the schema of settings knows no value that it would not take", () => {
  const defaults = Object.entries(fleetSettings.entries).flatMap(([name, schema]) =>
    schema.type === "optional" && typeof schema.default === "string"
      ? [[name, schema.default]]
      : [],
  );
  const result = v.safeParse(v.partial(fleetSettings), Object.fromEntries(defaults));
  expect(result.issues).toBeUndefined();
});
