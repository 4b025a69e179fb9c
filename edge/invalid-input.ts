import { AppError, type FieldError } from "../shared/errors.ts";

/**
 * Returns an error to throw for fields that are not valid. It names all these fields, but no
 * values.
 */
export const invalidInput = (fields: readonly FieldError[]) =>
  new AppError("invalid-input", "Some fields are not valid", { fields });
