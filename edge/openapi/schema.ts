import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { envelope } from "../../shared/users/events.ts";
import { loggedEvent } from "../api/events/event-schemas.ts";
import { changedKey, keyAnswer, newKeyAnswer } from "../partners/key-schemas.ts";
import {
  changedConnection,
  connectionAnswer,
  newConnection,
} from "../connections/connection-schemas.ts";
import { chosenLetters } from "../api/dead-letters/letter-query.ts";
import { letterAnswer, readLetterAnswer } from "../letters/letter-schemas.ts";
import { purgeAnswer } from "../users/purge-schemas.ts";
import { newSweep, sweepAnswer } from "../users/sweeps/sweep-schemas.ts";
import { listedUser, userAnswer } from "../api/users/user-answers.ts";
import { changedUser, newUser } from "../users/user-schemas.ts";
import {
  newSecretAnswer,
  rotation,
  secretAnswer,
  signingKeyAnswer,
} from "../partners/webhook-key-schemas.ts";

/** A JSON Schema as the OpenAPI document contains it. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

interface QueryParameter {
  name: string;
  in: "query";
  required: boolean;
  description?: string;
  schema: JsonSchema;
}

/** The schemas that have a name in the document. Other schemas refer to them. */
const definitions = {
  Connection: connectionAnswer,
  NewConnection: newConnection,
  ChangedConnection: changedConnection,
  User: userAnswer,
  ListedUser: listedUser,
  NewUser: newUser,
  ChangedUser: changedUser,
  Sweep: sweepAnswer,
  NewSweep: newSweep,
  Event: loggedEvent,
  ApiKey: keyAnswer,
  NewApiKey: newKeyAnswer,
  ChangedApiKey: changedKey,
  WebhookSecret: secretAnswer,
  NewWebhookSecret: newSecretAnswer,
  SigningKey: signingKeyAnswer,
  Rotation: rotation,
  Purge: purgeAnswer,
  DeadLetter: letterAnswer,
  ReadDeadLetter: readLetterAnswer,
  ChosenDeadLetters: chosenLetters,
  Envelope: envelope,
};

/**
 * How valibot schemas are converted. With the type mode `input`, the document describes what
 * callers may send, before any transformation. OpenAPI 3.1 uses JSON Schema 2020-12.
 */
const config: ConversionConfig = {
  target: "draft-2020-12",
  typeMode: "input",
  // JSON Schema has no keyword for custom checks, so they are left out. The field's description
  // mentions them.
  errorMode: "ignore",
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
};

export const namedSchemas = (): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.entries(toJsonSchemaDefs(definitions, config)).map(([name, schema]) => [
      name,
      { ...schema },
    ]),
  );

/** Converts a schema. If the schema has a name in the document, returns a reference to it. */
export function buildJsonSchema(schema: GenericSchema): JsonSchema {
  const converted = toJsonSchema(schema, { ...config, definitions });
  const { $schema: _dialect, $defs: _named, ...keywords } = converted;
  return keywords;
}

/** Returns the query parameters for the fields of an object schema. */
export function listQueryParameters(schema: GenericSchema): QueryParameter[] {
  const { properties = {}, required = [] } = toJsonSchema(schema, config);
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...keywords } = typeof property === "object" ? property : {};
    return {
      name,
      in: "query",
      required: required.includes(name),
      ...(description !== undefined && { description }),
      schema: keywords,
    };
  });
}
