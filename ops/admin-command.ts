import { parseArgs } from "node:util";
import * as v from "valibot";
import { ADMIN_ROLES, type AdminRole } from "../shared/admin-roles.ts";
import type { WholeDb } from "../db/client.ts";
import { EnvError } from "../shared/env.ts";
import { toErrorText } from "../shared/errors.ts";
import { newOneTimeCode } from "../shared/secrets/one-time-code.ts";
import { passwordFault } from "../shared/secrets/password-fault.ts";
import { askPassword } from "../dev/terminal/ask-password.ts";
import { openNamedDatabase } from "../dev/stack/named-database.ts";

const flags = v.object({
  email: v.optional(
    v.pipe(v.string(), v.trim(), v.email("--email: must be an e-mail address")),
    "",
  ),
  name: v.optional(v.pipe(v.string(), v.trim(), v.nonEmpty("--name: must not be blank")), "Admin"),
  role: v.optional(
    v.picklist(ADMIN_ROLES, `--role: must be one of ${ADMIN_ROLES.join(", ")}`),
    "owner",
  ),
  ask: v.optional(v.boolean(), false),
});

export interface AdminGiven {
  email: string;
  name: string;
  role: AdminRole;
  password: string;
  passwordKind: "chosen" | "one_time";
}

/** The actor in the audit log when a person runs a command on the machine. */
export const SHELL = "shell";

/**
 * Runs a command on an admin's account, with the options `--email`, `--name`, `--role` and `--ask`. With
 * `--ask` the operator types the password; otherwise one is generated.
 *
 * @param act Does the work, and returns a text that says what was done.
 */
export async function runAdminCommand(
  act: (db: WholeDb, given: AdminGiven) => Promise<string>,
): Promise<void> {
  try {
    const { values } = parseArgs({
      options: {
        email: { type: "string" },
        name: { type: "string" },
        role: { type: "string" },
        ask: { type: "boolean" },
      },
    });
    const { email, name, role, ask } = v.parse(flags, values);
    await using database = await openNamedDatabase(process.env);
    const password = ask ? await askForPassword(email) : newOneTimeCode();
    const passwordKind = ask ? "chosen" : "one_time";
    console.log(await act(database.db, { email, name, role, password, passwordKind }));
    if (!ask) console.log(`Password, to be changed at the first sign-in: ${password}`);
  } catch (error) {
    console.error(toErrorText(error));
    if (error instanceof EnvError) console.error(error.faults.join("\n"));
    process.exitCode = 1;
  }
}

async function askForPassword(email: string): Promise<string> {
  const password = await askPassword("Password (it is not shown): ");
  const fault = passwordFault(password, email);
  if (fault !== undefined) throw new Error(`Cannot use the password: it ${fault}`);
  if (process.stdin.isTTY && (await askPassword("The same again: ")) !== password) {
    throw new Error("Cannot use the password: the two entries differ");
  }
  return password;
}
