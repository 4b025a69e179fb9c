import { AppError, type FieldError } from "../shared/errors.ts";

/** Returns the error for fields that are not valid, to be thrown. It names all of them, and no value. */
export const invalidInput = (fields: readonly FieldError[]) =>
  new AppError("invalid-input", "Some fields are not valid", { fields });
