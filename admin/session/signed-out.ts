import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** The function to call when an answer of the server says that the session has ended. */
export const OnSignedOut = createContext<() => void>(() => undefined);
export const useOnSignedOut = () => useContext(OnSignedOut);
