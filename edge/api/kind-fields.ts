import type { ProviderKind } from "../../db/providers.ts";
import { invalidInput } from "../middleware/valid.ts";

type Subject = "connection" | "user";

/** The fields that only some kinds of provider take. */
const OWN_FIELDS: Record<Subject, Record<ProviderKind, readonly string[]>> = {
  connection: { plain: [], oauth2: ["oauth2_client_id", "oauth2_client_secret"], oauth1: [] },
  user: { plain: ["login_username", "login_password"], oauth2: [], oauth1: [] },
};

/** @throws {AppError} when there are fields that belong to another kind of provider. */
export function refuseMisfits(subject: Subject, kind: ProviderKind, fields: object): void {
  const own = OWN_FIELDS[subject];
  const misfits = Object.values(own)
    .flat()
    .filter((name) => Object.hasOwn(fields, name) && !own[kind].includes(name));
  if (misfits.length === 0) return;
  throw invalidInput(
    misfits.map((name) => ({
      pointer: `/${name}`,
      detail: `is not for a ${subject} whose provider is of the kind ${kind}`,
    })),
  );
}
