import { JetStreamApiError } from "@nats-io/jetstream";
import type { Msg } from "@nats-io/transport-node";
import * as v from "valibot";

const refusal = v.object({
  error: v.object({
    code: v.number(),
    err_code: v.optional(v.number(), 0),
    description: v.optional(v.string(), "no description"),
  }),
});

const json = v.pipe(v.string(), v.parseJson());

/**
 * Reads an answer of JetStream.
 *
 * @throws {JetStreamApiError} when the server refused the request.
 * @throws {v.ValiError} when the answer cannot be read.
 */
export function readJetStreamAnswer<const Schema extends v.GenericSchema>(
  answer: Msg,
  schema: Schema,
): v.InferOutput<Schema> {
  const content = v.parse(json, answer.string());
  // The error comes first: a refused publication, for example to a full stream, also has the
  // fields of an acknowledgement, with `seq` 0.
  if (typeof content === "object" && content !== null && "error" in content)
    throw new JetStreamApiError(v.parse(refusal, content).error);
  return v.parse(schema, content);
}
