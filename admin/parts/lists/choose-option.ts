type Option<Value extends string> = readonly [value: Value, text: string];

/** The options of a select field. There is at least one. */
export type Options<Value extends string> = readonly [Option<Value>, ...Option<Value>[]];

/**
 * Returns the option value that equals `text`. If there is none, returns the value of the first
 * option.
 */
export function chooseOption<Value extends string>(
  [first, ...others]: Options<Value>,
  text: string | undefined,
): Value {
  const [value] = others.find(([other]) => other === text) ?? first;
  return value;
}
