import { expect, test } from "vitest";
import { clientJson } from "./client-json.ts";

const oauth2 = { oauth2_client_id: "me", oauth2_client_secret: "hush" };
const oauth1 = { oauth1_consumer_key: "me", oauth1_consumer_secret: "hush" };

test.each([
  ["plain", oauth2, {}],
  ["oauth2", oauth2, oauth2],
  ["oauth2", { ...oauth2, oauth2_client_secret: "" }, { oauth2_client_id: "me" }],
  ["oauth2", {}, { oauth2_client_id: "" }],
  ["oauth2", { ...oauth2, forget_secret: "true" }, { ...oauth2, oauth2_client_secret: null }],
  ["oauth1", oauth1, oauth1],
  ["oauth1", { ...oauth1, oauth1_consumer_secret: "" }, { oauth1_consumer_key: "me" }],
] as const)(
  "the client of a connection of the kind %s with %j is sent as %j",
  (kind, form, json) => {
    expect(clientJson(kind, form)).toEqual(json);
  },
);
