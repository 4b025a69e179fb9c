type Option<Value extends string> = readonly [value: Value, text: string];

/** What can be chosen, as a select shows it. */
export type Options<Value extends string> = readonly [Option<Value>, ...Option<Value>[]];

/** What was chosen in a form; the first where it was none of them. */
export function chosenOf<Value extends string>(
  [first, ...others]: Options<Value>,
  text: string | undefined,
): Value {
  const [value] = others.find(([other]) => other === text) ?? first;
  return value;
}
