import { parseArgs } from "node:util";
import * as v from "valibot";
import { EnvError } from "../shared/env.ts";
import { toErrorText } from "../shared/errors.ts";
import { nameDatabase } from "./stack/named-database.ts";
import { MANY, seedMany, type SeedSizes } from "./seed-many/seed-many.ts";

const size = (name: keyof SeedSizes) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,7}$/, `--${name}: must be a whole number above 0`),
      v.transform(Number),
    ),
    String(MANY[name]),
  );
const flags = v.object({
  users: size("users"),
  mails: size("mails"),
  partners: size("partners"),
  instances: size("instances"),
});
const option = { type: "string" } as const;

try {
  const { values } = parseArgs({
    options: { users: option, mails: option, partners: option, instances: option },
  });
  const sizes = v.parse(flags, values);
  const { url } = await nameDatabase(process.env);
  const start = performance.now();
  await seedMany(url, sizes);
  const tookS = Math.round((performance.now() - start) / 1_000);
  console.log(`${sizes.users} users and ${sizes.mails} mails, made up in ${tookS} s`);
} catch (error) {
  console.error(toErrorText(error));
  if (error instanceof EnvError) console.error(error.faults.join("\n"));
  process.exitCode = 1;
}
