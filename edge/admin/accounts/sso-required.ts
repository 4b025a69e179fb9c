import { AppError } from "../../../shared/errors.ts";

/** The answer to a password or a passkey where only single sign-on is allowed. */
export const ssoRequired = () =>
  new AppError(
    "sso-required",
    "Cannot sign in with a password or a passkey: this installation allows only single sign-on",
  );
