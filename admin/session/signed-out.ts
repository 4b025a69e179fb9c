import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** Called by whoever learns that nobody is signed in any more. */
export const OnSignedOut = createContext<() => void>(() => undefined);
export const useOnSignedOut = () => useContext(OnSignedOut);
