/** The values of a form by field name. */
export type Fields = Readonly<Record<string, string>>;
