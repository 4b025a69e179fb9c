import { type ComponentChildren, createContext } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";

const Announce = createContext<(text: string) => void>(() => undefined);
/**
 * Returns a function that shows a short message about what was done. Screen readers read the
 * message.
 */
export const useAnnounce = () => useContext(Announce);

const SHOWN_MS = 6_000;

export function Announcements({ children }: { children: ComponentChildren }) {
  const [said, setSaid] = useState<{ text: string } | null>(null);
  const announce = useCallback((text: string) => setSaid({ text }), []);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => setSaid(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Announce.Provider value={announce}>
      {children}
      <div class="announcement" role="status">
        {said && <p>{said.text}</p>}
      </div>
    </Announce.Provider>
  );
}
