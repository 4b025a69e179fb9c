import "../style/palette.css";
import { useEffect, useId, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Dialog } from "../parts/forms/dialog.tsx";
import { FailureNote } from "../parts/failure-note.tsx";
import { useLoaded } from "../parts/use-loaded.ts";
import { findHits, type Hit } from "./find-hits.ts";

/** How long to wait for the next key before the text is searched. */
const PAUSE_MS = 200;
const MAX_CHARACTERS = 255;

/** A dialog that searches everything and opens what is chosen. */
export function Palette({ onClose }: { onClose(): void }) {
  const { route } = useLocation();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const [active, setActive] = useState(0);
  const list = useId();
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { loaded, reload } = useLoaded((signal) => findHits(asked, signal), { key: asked });
  useEffect(() => setActive(0), [asked]);
  const hits = loaded.step === "loaded" ? loaded.value : [];
  const isWaiting = text !== asked || loaded.step === "loading";
  const choose = (hit: Hit | undefined) => {
    if (!hit || isWaiting) return;
    onClose();
    route(hit.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && hits.length > 0) {
      event.preventDefault();
      setActive((active + step + hits.length) % hits.length);
    }
    if (event.key === "Enter") choose(hits[active]);
  };
  return (
    <Dialog title="Search" onClose={onClose}>
      <input
        type="search"
        role="combobox"
        list={undefined}
        aria-label="Search partners, users, events and screens"
        aria-expanded="true"
        aria-controls={list}
        aria-autocomplete="list"
        {...(hits[active] && { "aria-activedescendant": `${list}-${active}` })}
        autocomplete="off"
        autofocus
        maxLength={MAX_CHARACTERS}
        placeholder="Tag, e-mail, domain, Message-ID, event, partner"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {loaded.step === "failed" && <FailureNote failure={loaded.failure} onRetry={reload} />}
      <ul id={list} role="listbox" aria-label="Found" class="palette" aria-busy={isWaiting}>
        {hits.map((hit, index) => (
          <li
            key={hit.href}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === active}
            onClick={() => choose(hit)}
            onMouseMove={() => setActive(index)}
          >
            <small>{hit.type}</small> {hit.title} <small>{hit.detail}</small>
          </li>
        ))}
      </ul>
      <p role="status" class="muted">
        {isWaiting ? "Searching …" : hits.length === 0 ? "Nothing found" : ""}
      </p>
    </Dialog>
  );
}
