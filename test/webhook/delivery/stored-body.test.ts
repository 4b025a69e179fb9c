import { Buffer } from "node:buffer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deleteMessage, findMessage } from "../../../fleet/bus/find-message.ts";
import { createRecentBodies } from "../../../fleet/bus/recent-bodies.ts";
import { deleteBodies, readBody, storeBody } from "../../../fleet/bus/stored-body.ts";
import { BODIES, bodySubject } from "../../../fleet/bus/subjects.ts";
import { systemClock } from "../../../shared/clock.ts";
import { newId } from "../../../shared/ids.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const subject = bodySubject({ kind: "new_mail", partner_id: newId("prt"), user_id: newId("usr") });
const CONTENT = Buffer.from("Subject: private\r\n\r\nThe words of a mail.\r\n");
const { signal } = new AbortController();

const store = (id: string, content: Uint8Array = CONTENT) =>
  storeBody(stack.bus, { subject, id }, content, signal);

const readStored = async (seq: number) =>
  (await stack.bus.jsm.streams.getMessage(BODIES, { seq }))?.data;

test("a body is stored encrypted, and read with its key", async () => {
  const id = newId("evt");
  const { seq, key } = await store(id);
  expect(Buffer.from((await readStored(seq)) ?? []).includes("The words")).toBe(false);
  expect(await readBody(stack.bus, { seq, id, key })).toEqual(CONTENT);
});

test("the same content is stored once, and other content of the same event beside it", async () => {
  const id = newId("evt");
  const first = await store(id);
  expect(await store(id)).toEqual(first);
  const other = await store(id, Buffer.from("other"));
  expect(other.seq).toBeGreaterThan(first.seq);
  expect(await readBody(stack.bus, { ...other, id })).toEqual(Buffer.from("other"));
  expect(await readBody(stack.bus, { ...first, id })).toEqual(CONTENT);
});

test("nothing is read with another key, for another event, or after the deletion", async () => {
  const id = newId("evt");
  const { seq, key } = await store(id);
  const { key: otherKey } = await store(newId("evt"), Buffer.from("other"));
  expect(await readBody(stack.bus, { seq, id, key: otherKey })).toBeUndefined();
  expect(await readBody(stack.bus, { seq, id: newId("evt"), key })).toBeUndefined();
  await deleteBodies(stack.bus, [seq]);
  expect(await readBody(stack.bus, { seq, id, key })).toBeUndefined();
});

test("a body of an earlier version is read as it is", async () => {
  const id = newId("evt");
  const { seq } = await stack.bus.publish({ subject, id, payload: CONTENT });
  expect(Buffer.from((await readBody(stack.bus, { seq, id, key: null })) ?? [])).toEqual(CONTENT);
});

test("an earlier version does not find an encrypted body, so it never delivers one", async () => {
  const id = newId("evt");
  const { seq } = await store(id);
  expect(await findMessage(stack.bus, BODIES, { seq, id })).toBeUndefined();
});

test("what is too short to be a body is not read", async () => {
  const id = newId("evt");
  const { key } = await store(newId("evt"));
  const { seq } = await stack.bus.publish({ subject, id: `sealed.${id}`, payload: "short" });
  expect(await readBody(stack.bus, { seq, id, key })).toBeUndefined();
});

test("a process that keeps its recent bodies reads a body once without NATS", async () => {
  const bus = { ...stack.bus, recentBodies: createRecentBodies(systemClock) };
  const id = newId("evt");
  const { seq, key } = await storeBody(bus, { subject, id }, CONTENT, signal);
  await deleteBodies(bus, [seq]);
  expect(await readBody(bus, { seq, id, key })).toBe(CONTENT);
  expect(await readBody(bus, { seq, id, key })).toBeUndefined();
});

test("a message that does not exist is deleted without an error, one of an unknown stream with one", async () => {
  const { seq } = await store(newId("evt"));
  await deleteBodies(stack.bus, [seq]);
  await deleteBodies(stack.bus, [seq, 999_999]);
  const deletion = deleteMessage(stack.bus, "UNKNOWN", 1, { overwrite: false });
  await expect(deletion).rejects.toThrow("stream not found");
});

test("a request to which nobody listens is refused at once", async () => {
  await expect(stack.bus.ask("nobody.listens", "")).rejects.toThrow("no responders");
});

test("a message id with a line break is refused: it would add a header", async () => {
  const message = { subject, id: "one\r\nNats-Rollup: all", payload: "" };
  await expect(stack.bus.publish(message)).rejects.toThrow("line break");
});
