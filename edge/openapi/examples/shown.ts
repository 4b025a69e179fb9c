/**
 * The examples of a body: one example, or several examples by their names. They are fields of a
 * Media Type Object, the object that describes a body in OpenAPI.
 */
export type Shown = { example: unknown } | { examples: Record<string, { value: unknown }> };
/** The examples of an operation's JSON body and of its successful answer. */
export interface OperationExamples {
  request?: Shown;
  response?: Shown;
}

/** Returns the part of a Media Type Object that contains one example. */
export const one = (example: unknown): Shown => ({ example });
/** Returns the part of a Media Type Object that contains several examples, each with its name. */
export const named = (values: Readonly<Record<string, unknown>>): Shown => ({
  examples: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
});
