import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { parse } from "yaml";
import { inCheckout } from "../../dev/checkout.ts";

const strings = v.array(v.string());
const service = v.object({
  image: v.string(),
  build: v.optional(v.string()),
  profiles: v.optional(strings, []),
  user: v.optional(v.string()),
  read_only: v.optional(v.boolean(), false),
  cap_drop: v.optional(strings, []),
  command: v.optional(strings),
  entrypoint: v.optional(strings),
  environment: v.optional(v.record(v.string(), v.string()), {}),
  volumes: v.optional(strings, []),
  ports: v.optional(strings, []),
  depends_on: v.optional(v.record(v.string(), v.object({ condition: v.string() })), {}),
  healthcheck: v.optional(v.object({ test: strings })),
  stop_grace_period: v.optional(v.string()),
  restart: v.optional(v.string()),
});
const composeFile = v.object({
  services: v.record(v.string(), service),
  volumes: v.record(v.string(), v.unknown()),
});

export type ComposeService = v.InferOutput<typeof service>;

/**
 * Reads compose.yaml, as Compose does.
 *
 * @param variables The variables of the file .env. Without them, the defaults apply.
 */
export async function readComposeFile(
  variables: Readonly<Record<string, string>> = {},
): Promise<v.InferOutput<typeof composeFile>> {
  const text = await readFile(inCheckout("compose.yaml"), "utf8");
  const filled = text.replaceAll(
    /\$\{([A-Z_]+):-([^}]*)\}/g,
    (_, name: string, otherwise: string) => variables[name] ?? otherwise,
  );
  return v.parse(composeFile, parse(filled, { merge: true }));
}
