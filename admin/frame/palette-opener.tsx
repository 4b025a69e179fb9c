import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAnnounce } from "../parts/announcements.tsx";

type Palette = ComponentType<{ onClose(): void }>;

/**
 * A button that opens the search over everything. Ctrl K or ⌘ K opens it, too. Its code is loaded
 * when it is first opened.
 */
export function PaletteOpener() {
  const announce = useAnnounce();
  const [loaded, setLoaded] = useState<{ Palette: Palette } | null>(null);
  const [isOpen, setOpen] = useState(false);
  const open = () => {
    setOpen(true);
    void import("../palette/palette.tsx").then(setLoaded, () => {
      setOpen(false);
      announce("The search could not be loaded. Reload the page.");
    });
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isShortcut = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
      // Another dialog may be open.
      if (!isShortcut || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      open();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        class="small secondary outline"
        aria-keyshortcuts="Control+K Meta+K"
        title="Search (Ctrl K)"
        onClick={open}
      >
        Search
      </button>
      {isOpen && loaded && <loaded.Palette onClose={() => setOpen(false)} />}
    </>
  );
}
