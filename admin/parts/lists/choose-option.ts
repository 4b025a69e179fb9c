type Option<Value extends string> = readonly [value: Value, text: string];

/** The options of a select field; there is at least one option. */
export type Options<Value extends string> = readonly [Option<Value>, ...Option<Value>[]];

/** Returns the value that equals `text`; the first option's value when none does. */
export function chooseOption<Value extends string>(
  [first, ...others]: Options<Value>,
  text: string | undefined,
): Value {
  const [value] = others.find(([other]) => other === text) ?? first;
  return value;
}
