import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { type Failure, failureOf } from "../api/failure.ts";
import { useOnSignedOut } from "../session/signed-out.ts";
import { FailureNote } from "./failure-note.tsx";
import { fieldsOf } from "./fields-of.ts";

/** What is wrong with each field of the form around, by its name. */
const FieldFaults = createContext<Readonly<Record<string, string>>>({});
export const useFault = (name: string): string | undefined => useContext(FieldFaults)[name];

export type Fields = Readonly<Record<string, string>>;

interface FormProps {
  /** Text of the button, and while the form is sent. */
  submit: string;
  submitting?: string;
  onSubmit(fields: Fields): Promise<void>;
  onCancel?: () => void;
  isDangerous?: boolean;
  children?: ComponentChildren;
}

/** Sends its fields, and shows at each what the server says of it. */
export function Form({ submit, submitting, onSubmit, onCancel, ...more }: FormProps) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const onSignedOut = useOnSignedOut();

  const send = async () => {
    setBusy(true);
    try {
      await onSubmit(form.current ? fieldsOf(form.current) : {});
      setFailure(null);
    } catch (error) {
      const fault = failureOf(error);
      if (fault.code === "sign-in-required") onSignedOut();
      setFailure(fault);
    } finally {
      setBusy(false);
    }
  };
  // To the first field that is wrong: there a person goes on.
  useEffect(() => {
    if (failure) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [failure]);

  const unplaced = failure && !isPlaced(failure, form.current) ? failure : null;
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void send();
      }}
    >
      <FieldFaults.Provider value={failure?.fields ?? {}}>{more.children}</FieldFaults.Provider>
      {unplaced && <FailureNote failure={unplaced} />}
      <div class="actions">
        <button type="submit" class={more.isDangerous ? "danger" : ""} aria-busy={isBusy}>
          {isBusy ? (submitting ?? submit) : submit}
        </button>
        {onCancel && (
          <button type="button" class="secondary outline" onClick={onCancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}

/** Whether each fault has a field to stand at. */
function isPlaced({ fields }: Failure, form: HTMLFormElement | null): boolean {
  const names = Object.keys(fields);
  return (
    names.length > 0 && names.every((name) => form?.elements.namedItem(name) instanceof Element)
  );
}
