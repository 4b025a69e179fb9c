import { AppError, type FieldError } from "../shared/errors.ts";

/**
 * Creates the error for fields that are not valid. It lists all wrong fields, but never their
 * values.
 */
export const invalidInput = (fields: readonly FieldError[]) =>
  new AppError("invalid-input", "Some fields are not valid", { fields });
