import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** Called when an answer says that the session has ended. */
export const OnSignedOut = createContext<() => void>(() => undefined);
export const useOnSignedOut = () => useContext(OnSignedOut);
