import { Buffer } from "node:buffer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEAD } from "../../../fleet/bus/subjects.ts";
import { answerReadLetter } from "../../../fleet/dead-letters/answer-read-letter.ts";
import { newId } from "../../../shared/ids.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { deadMail, letterThat, newUserAt, startDown } from "./dying-user.ts";
import type { TestUser } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
let role: AsyncDisposable;
beforeAll(async () => {
  stack = await startFleetStack();
  role = runRole(stack, { retryScheduleMs: [] });
});
afterAll(async () => {
  await role?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

const read = ({ partner }: TestUser, eventId: string, as: "text" | "eml") =>
  answerReadLetter(stack, { partner_id: partner.id, event_id: eventId, as });

test("a letter is read as text, and byte for byte", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const raw = Buffer.concat([
    Buffer.from("From: Ann <ann@x.test>\r\nSubject: Hi\r\n\r\nHello "),
    Buffer.from([0, 0xff, 0xfe, 0x0d, 0x0a]),
  ]);
  const id = await deadMail(stack, user, raw);
  expect(await read(user, id, "text")).toMatchObject({
    result: "text",
    mail: { from: "Ann <ann@x.test>", subject: "Hi", text: expect.stringMatching(/^Hello /) },
  });
  const rfc822_base64 = raw.toString("base64");
  expect(await read(user, id, "eml")).toEqual({ result: "eml", rfc822_base64 });
});

test("a missing mail is described as text", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const stranger = await newUserAt(stack, endpoint);
  const id = await deadMail(stack, user);
  const poison = newId("evt");
  const subject = `evt.${user.partner.id}.new_mail.${user.id}`;
  await stack.bus.publish({ subject, id: poison, payload: "{" });
  await letterThat(stack, poison, "of the poison", () => true);
  const none = (reason: string) => ({ result: "none", reason });
  for (const as of ["text", "eml"] as const) {
    expect(await read(user, poison, as)).toEqual(none("the event cannot be read"));
    const gone = none("the mail is no longer stored here");
    expect(await read(stranger, id, as)).toEqual(gone);
    expect(await read(user, newId("evt"), as)).toEqual(gone);
  }
  await stack.bus.jsm.streams.purge(DEAD, { filter: `dead.${user.partner.id}.>` });
  expect(await read(user, id, "text")).toEqual(none("the mail is no longer stored here"));
});
