import { expect, test } from "vitest";
import { readEventText } from "./read-event-text.ts";

test.each([
  ["evt_1a", { eventId: "evt_1a", messageIds: [], user: null }],
  ["Customer-17", { eventId: null, messageIds: [], user: "customer-17" }],
  [
    "<A1@Mail.example>",
    { eventId: null, messageIds: ["<a1@mail.example>", "a1@mail.example>"], user: null },
  ],
  [
    "olga@x.test",
    { eventId: null, messageIds: ["<olga@x.test", "olga@x.test"], user: "olga@x.test" },
  ],
  ["@x.test", { eventId: null, messageIds: [], user: "x.test" }],
  ["evt_%", { eventId: null, messageIds: [], user: "evt_%" }],
])("the text %s may mean %j", (text, meaning) => {
  expect(readEventText(text)).toEqual(meaning);
});
