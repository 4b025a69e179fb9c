import { useState } from "preact/hooks";
import { chooseScheme, chosenScheme, COLOUR_SCHEMES, type ColourScheme } from "./colour-scheme.ts";

const TITLES: Record<ColourScheme, string> = { system: "Auto", light: "Light", dark: "Dark" };

export function SchemeSwitch() {
  const [scheme, setScheme] = useState(chosenScheme);
  const choose = (next: ColourScheme) => {
    chooseScheme(next);
    setScheme(next);
  };
  return (
    <fieldset class="scheme">
      <legend class="heard">Colours</legend>
      {COLOUR_SCHEMES.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="colour-scheme"
            checked={one === scheme}
            onChange={() => choose(one)}
          />
          {TITLES[one]}
        </label>
      ))}
    </fieldset>
  );
}
