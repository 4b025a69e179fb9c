import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useId, useRef, useState } from "preact/hooks";
import { KeepsSecret } from "./keeps-secret.ts";

interface DialogProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
}

const FIELDS = "input:not([type=hidden]), select, textarea";

/**
 * A modal dialog. It begins with the focus on its first field, or else on its heading. Escape
 * closes it; a dialog that shows a secret asks first. When the dialog closes, the focus returns to
 * the element that had it before.
 */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  const [secrets, setSecrets] = useState(0);
  const [isAsking, setAsking] = useState(false);
  const keepSecret = useCallback(() => {
    setSecrets((count) => count + 1);
    return () => setSecrets((count) => count - 1);
  }, []);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    (dialog.current?.querySelector<HTMLElement>(FIELDS) ?? heading.current)?.focus();
    return () => void (opener instanceof HTMLElement && opener.focus());
  }, []);
  const close = () => {
    if (secrets === 0) onClose();
    else setAsking(true);
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target === dialog.current && secrets > 0) {
          event.preventDefault();
          close();
        }
      }}
      onClose={() => {
        // A browser ignores preventDefault() when Escape is pressed twice in a row.
        if (secrets > 0) dialog.current?.showModal();
        close();
      }}
    >
      <article>
        <header>
          <h2 id={id} ref={heading} tabIndex={-1}>
            {title}
          </h2>
          <button type="button" class="close" aria-label="Close" onClick={close} />
        </header>
        {isAsking && <CloseQuestion onKeep={() => setAsking(false)} onLeave={() => onClose()} />}
        <KeepsSecret.Provider value={keepSecret}>{children}</KeepsSecret.Provider>
      </article>
    </dialog>
  );
}

function CloseQuestion({ onKeep, onLeave }: { onKeep(): void; onLeave(): void }) {
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <div class="note note-busy" role="alert">
      <p>This is not shown again. Close anyway?</p>
      <div class="actions">
        <button type="button" class="small" ref={keep} onClick={onKeep}>
          Keep it open
        </button>
        <button type="button" class="small secondary outline" onClick={onLeave}>
          Close without saving
        </button>
      </div>
    </div>
  );
}
