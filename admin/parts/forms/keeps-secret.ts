import { createContext } from "preact";
import { useContext, useEffect } from "preact/hooks";

/** Makes the dialog around it ask before it closes, until the returned function is called. */
export const KeepsSecret = createContext<() => () => void>(() => () => undefined);

/** Makes the dialog around this component ask before it closes, while the component is shown. */
export function useKeepSecret(): void {
  const keepSecret = useContext(KeepsSecret);
  useEffect(() => keepSecret(), [keepSecret]);
}
