import type { Context } from "hono";
import { giveBackTry, takeTry, type Try } from "../../db/admin-tries.ts";
import { isPasswordOf, NOBODYS_HASH } from "../../db/password-hash.ts";
import type { AppEnv } from "../app-env.ts";
import { invalidInput } from "../middleware/valid.ts";
import { tellOfLock } from "./refused-try.ts";

interface Proof {
  password: string;
  /** The field that it came in. */
  passwordField: string;
  /** More that must hold, asked only of who knows the password. */
  isCodeRight?: (taken: Try) => Promise<boolean>;
}

/** Lets only who knows the own password go on. A wrong one counts like a refused sign-in, and locks like it. */
export async function confirmOneself(c: Context<AppEnv>, proof: Proof): Promise<void> {
  const { password, passwordField, isCodeRight = async () => true } = proof;
  const { db, signedIn } = c.var;
  const taken = await takeTry(db, { id: signedIn.adminId });
  const isRight = await isPasswordOf(taken?.passwordHash ?? NOBODYS_HASH, password);
  const wrongField = !taken || !isRight ? passwordField : !(await isCodeRight(taken)) && "code";
  if (wrongField === false) return giveBackTry(db, signedIn.adminId);
  if (taken) await tellOfLock(db, taken);
  throw invalidInput([{ pointer: `/${wrongField}`, detail: "is wrong" }]);
}
