import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { edgeSettings } from "../../edge/settings.ts";
import { edgeServerSettings } from "../../edge/serving/server-settings.ts";
import { fleetSettings } from "../../fleet/settings.ts";
import { newWebhookSecret, webhookSignature } from "../../shared/secrets/signatures.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const page = await read("docs/settings.md");
const webhooks = await read("docs/webhooks.md");

/**
 * Reads the rows `| NAME | default | … |` of a section of docs/settings.md. Removes the text
 * in brackets from a default such as `7200 (2 h)`.
 */
function readTable(section: string): Map<string, string> {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  const rows = text.matchAll(/^\| `([A-Z_]+)` +\| (.*?) *\|/gm);
  return new Map(
    [...rows].map(([, name = "", value = ""]) => [
      name,
      value.replaceAll("`", "").replace(/ \(.*\)$/, ""),
    ]),
  );
}

const processes = [
  { process: "Fleet", schema: fleetSettings },
  { process: "Edge", schema: edgeSettings },
  { process: "Edge server", schema: edgeServerSettings },
];

test.each(processes)(
  "docs/settings.md has every setting of the section $process, and no other",
  ({ process, schema }) => {
    const names = [...readTable(process).keys()];
    expect(names.toSorted()).toEqual(Object.keys(schema.entries).toSorted());
  },
);

test.each(
  processes.flatMap(({ process, schema }) =>
    Object.entries(schema.entries).map(([name, entry]) => ({ process, name, entry })),
  ),
)("the default of $name in the section $process is the real one", ({ process, name, entry }) => {
  const given = entry.type === "optional" ? entry.default : undefined;
  if (typeof given !== "string") return;
  expect(readTable(process).get(name)).toBe(given);
});

test("the verifier for Node in docs/webhooks.md verifies what the fleet signs", async () => {
  const code = /```js\n([\s\S]*?)```/.exec(webhooks)?.[1] ?? "";
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

test("every default of the settings schema is a valid value", () => {
  const defaults = Object.entries(fleetSettings.entries).flatMap(([name, schema]) =>
    schema.type === "optional" && typeof schema.default === "string"
      ? [[name, schema.default]]
      : [],
  );
  const result = v.safeParse(v.partial(fleetSettings), Object.fromEntries(defaults));
  expect(result.issues).toBeUndefined();
});
