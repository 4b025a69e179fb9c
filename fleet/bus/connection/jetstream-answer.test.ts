import { JetStreamApiError } from "@nats-io/jetstream";
import type { Msg } from "@nats-io/transport-node";
import * as v from "valibot";
import { expect, test } from "vitest";
import { readJetStreamAnswer } from "./jetstream-answer.ts";

const schema = v.object({ seq: v.number() });
const read = (text: string) => readJetStreamAnswer({ string: () => text } as Msg, schema);

test("the fields of an acknowledgement are returned", () => {
  expect(read('{"stream":"EVENTS","seq":7}')).toEqual({ seq: 7 });
});

test("a refusal is thrown with its code, even if it has all fields of an acknowledgement", () => {
  const error = '{"code":503,"err_code":10077,"description":"maximum messages exceeded"}';
  const refused = () => read(`{"error":${error},"stream":"EVENTS","seq":0}`);
  expect(refused).toThrow(JetStreamApiError);
  expect(refused).toThrow(
    expect.objectContaining({ code: 10_077, message: "maximum messages exceeded" }),
  );
});

test.each(["", "{}", "null", '{"error":"no object","seq":0}'])(
  "the unreadable answer %j is an error",
  (text) => {
    expect(() => read(text)).toThrow(v.ValiError);
  },
);
