type Option<Value extends string> = readonly [value: Value, text: string];

/** The options of a select. */
export type Options<Value extends string> = readonly [Option<Value>, ...Option<Value>[]];

/** Returns the chosen value of a form; the first option when the text matches none. */
export function chooseOption<Value extends string>(
  [first, ...others]: Options<Value>,
  text: string | undefined,
): Value {
  const [value] = others.find(([other]) => other === text) ?? first;
  return value;
}
