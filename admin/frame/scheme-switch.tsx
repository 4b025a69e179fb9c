import { useState } from "preact/hooks";
import { chooseScheme, chosenScheme, type ColourScheme } from "./colour-scheme.ts";
import { Switch } from "./switch.tsx";

const TITLES: Record<ColourScheme, string> = { system: "Auto", light: "Light", dark: "Dark" };

/** Chooses the colours of the pages. */
export function SchemeSwitch() {
  const [scheme, setScheme] = useState(chosenScheme);
  const choose = (next: ColourScheme) => {
    chooseScheme(next);
    setScheme(next);
  };
  return (
    <Switch
      legend="Colours"
      name="colour-scheme"
      options={TITLES}
      chosen={scheme}
      onChoose={choose}
    />
  );
}
