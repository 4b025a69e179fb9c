interface SwitchProps<One extends string> {
  /** What is chosen, such as `Colours`. */
  legend: string;
  name: string;
  options: Readonly<Record<One, string>>;
  chosen: One;
  onChoose(one: One): void;
}

/** A row of options of which one is chosen. */
export function Switch<One extends string>({ legend, name, ...more }: SwitchProps<One>) {
  const { options, chosen, onChoose } = more;
  const isOption = (one: string): one is One => Object.hasOwn(options, one);
  return (
    <fieldset class="switch">
      <legend>{legend}</legend>
      {Object.keys(options)
        .filter(isOption)
        .map((one) => (
          <label key={one}>
            <input
              type="radio"
              name={name}
              checked={one === chosen}
              onChange={() => onChoose(one)}
            />
            {options[one]}
          </label>
        ))}
    </fieldset>
  );
}
