import { Failure } from "../../api/failure.ts";
import { Field } from "./field.tsx";
import type { Fields } from "./fields.ts";

/** A field in which the admin types a text to confirm an action, to prevent accidents. */
export const TypedField = ({ typed }: { typed: string }) => (
  <Field name="typed" label={`Type ${typed} to confirm`} autocomplete="off" required />
);

/**
 * Checks the text in the `TypedField`.
 * @throws {Failure} when it is another text. Without a wanted text, nothing is checked.
 */
export function refuseUntyped(fields: Fields, typed: string | undefined): void {
  if (typed !== undefined && fields["typed"] !== typed) {
    throw new Failure("page", "Not confirmed", { fields: { typed: `must be ${typed}` } });
  }
}
