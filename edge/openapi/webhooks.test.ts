import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import * as v from "valibot";
import { EVENT_KINDS } from "../../shared/users/events.ts";
import { describeWebhooks, WEBHOOKS } from "./webhooks.ts";

const GOLDEN = new URL("../../test/golden/payload/", import.meta.url);

test("every kind of event has its webhook in the document", () => {
  expect(Object.keys(describeWebhooks()).toSorted()).toEqual(EVENT_KINDS.toSorted());
});

test("each body of new mail in the corpus fits the schema of its format, and no other", async () => {
  const names = await readdir(GOLDEN);
  expect(names.length).toBeGreaterThan(200);
  const formats = ["superimap", "raw", "parsed"];
  const bodies = WEBHOOKS["new_mail"]?.bodies ?? [];
  for (const name of names) {
    const [, format = "", ending] = name.split(".");
    if (ending !== "json") continue;
    const text = await readFile(new URL(name, GOLDEN), "utf8");
    // A file with this text contains a shortened list, so the file does not match the schema.
    if (text.includes(" in all, sha256 ")) continue;
    const body: unknown = JSON.parse(text);
    const fitting = formats.filter((_, i) => bodies[i] && v.is(bodies[i], body));
    expect([name, fitting]).toEqual([name, [format]]);
  }
});

test("a webhook has the headers of Standard Webhooks", () => {
  const [first] = Object.values(describeWebhooks());
  expect(first?.post.parameters.map(({ name }) => name)).toEqual([
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
  ]);
});
