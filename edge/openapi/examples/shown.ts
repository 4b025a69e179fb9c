/** The examples of a media type: one example, or several by their names. */
export type Shown = { example: unknown } | { examples: Record<string, { value: unknown }> };
/** The examples of an operation's JSON body and of its successful answer. */
export interface OperationExamples {
  request?: Shown;
  response?: Shown;
}

/** Shows one example. */
export const one = (example: unknown): Shown => ({ example });
/** Shows several examples by their names. */
export const named = (values: Readonly<Record<string, unknown>>): Shown => ({
  examples: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
});
