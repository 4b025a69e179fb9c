import { expect, test } from "vitest";
import type { DeadLetterAnswer } from "../../../shared/commands.ts";
import { answerNextCommand } from "../../connect/answer-next-command.ts";
import { insertLetter } from "./insert-letter.ts";
import { type TestPartner, useEdge, USERS } from "../use-edge.ts";

const edge = useEdge();

/** Creates a partner with a user and a dead letter. */
async function newLetter(): Promise<{ partner: TestPartner; id: string }> {
  const partner = await edge.connectedPartner();
  await partner.call("POST", USERS, { body: { tag: "Ann" } });
  return { partner, id: await insertLetter(edge.stack(), partner, { tag: "Ann" }) };
}

/** Reads a dead letter through the API. A simulated fleet answers the edge with `answer`. */
async function read(partner: TestPartner, path: string, answer: DeadLetterAnswer) {
  const { url } = edge.stack();
  const [response, request] = await Promise.all([
    fetch(`${url}/api/v1${path}`, { headers: { "x-api-key": partner.apiKey } }),
    answerNextCommand(edge.stack(), answer),
  ]);
  return { response, request };
}

const MAIL = {
  subject: "Hi",
  from: "a@x.test",
  to: null,
  date: null,
  text: "Hello",
  attachments: [],
};

test("a letter is read with its mail, or with the reason why there is none", async () => {
  const { partner, id } = await newLetter();
  const { response, request } = await read(partner, `/dead-letters/${id}`, {
    result: "text",
    mail: MAIL,
  });
  expect(request).toEqual({
    kind: "read_dead_letter",
    partner_id: partner.id,
    event_id: id,
    as: "text",
  });
  expect(await response.json()).toMatchObject({ id, mail: MAIL, mail_missing: null });
  const none = { result: "none", reason: "the mail is no longer stored here" } as const;
  const without = await read(partner, `/dead-letters/${id}`, none);
  expect(await without.response.json()).toMatchObject({ mail: null, mail_missing: none.reason });
});

test("a mail is downloaded byte for byte", async () => {
  const { partner, id } = await newLetter();
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 256);
  const { response, request } = await read(partner, `/dead-letters/${id}/eml`, {
    result: "eml",
    rfc822_base64: Buffer.from(bytes).toString("base64"),
  });
  expect(request).toMatchObject({ as: "eml" });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("message/rfc822");
  expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${id}.eml"`);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  const none = { result: "none", reason: "the event is no mail" } as const;
  const without = await read(partner, `/dead-letters/${id}/eml`, none);
  expect(without.response.status).toBe(409);
  expect(await without.response.json()).toMatchObject({
    detail: "Cannot download the mail: the event is no mail",
  });
});

// Takes 5 s: the edge waits this long for the fleet to accept a command (TAKE_TIMEOUT_MS).
test("without a fleet a letter is shown without its mail", async () => {
  const { partner, id } = await newLetter();
  const [one, eml] = await Promise.all([
    partner.call("GET", `/dead-letters/${id}`),
    partner.call("GET", `/dead-letters/${id}/eml`),
  ]);
  expect(one).toMatchObject({
    status: 200,
    body: { id, mail: null, mail_missing: "the fleet is not running" },
  });
  expect(eml).toMatchObject({
    status: 503,
    body: { detail: "Cannot download the mail: the fleet is not running" },
  });
});
