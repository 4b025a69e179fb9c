import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useRef } from "preact/hooks";
import type { Failure } from "../../api/failure.ts";
import { FailureNote } from "../failure-note.tsx";
import { type Faults, findFault, toFieldName } from "./find-fault.ts";
import type { Fields } from "./fields.ts";
import { readFields } from "./read-fields.ts";
import { useAction } from "../use-action.ts";

/** The error messages of a form. Each field in the form gets its message with `useFault()`. */
export const FaultsContext = createContext<Faults>({});
export const useFault = (name: string): string | undefined =>
  findFault(useContext(FaultsContext), name);

interface FormProps {
  /**
   * The text of the button. While the form is being sent, the button shows `submitting`, if given.
   */
  submit: string;
  submitting?: string;
  onSubmit(fields: Fields): Promise<void>;
  onCancel?: () => void;
  isDangerous?: boolean;
  children?: ComponentChildren;
}

/**
 * A form that sends its fields. If the server rejects a field, the form shows the server's error
 * message beside this field.
 */
export function Form({ submit, submitting, onSubmit, onCancel, ...more }: FormProps) {
  const { run, isBusy, failure } = useAction();
  const form = useRef<HTMLFormElement>(null);
  const send = () => run(() => onSubmit(form.current ? readFields(form.current) : {}));
  // Moves the focus to the first wrong field.
  useEffect(() => {
    if (failure) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [failure]);

  const unplaced = failure && !isPlaced(failure, form.current) ? failure : null;
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <FaultsContext.Provider value={failure?.fields ?? {}}>{more.children}</FaultsContext.Provider>
      {unplaced && <FailureNote failure={unplaced} />}
      <div class="actions">
        <button type="submit" class={more.isDangerous ? "danger" : ""} aria-busy={isBusy}>
          {isBusy ? (submitting ?? submit) : submit}
        </button>
        {onCancel && (
          <button type="button" class="secondary outline" onClick={() => onCancel()}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}

/**
 * Whether the fields can show the failure: it has error messages of fields, and the form has all
 * these fields.
 */
function isPlaced({ fields }: Failure, form: HTMLFormElement | null): boolean {
  const names = Object.keys(fields).map(toFieldName);
  return (
    names.length > 0 && names.every((name) => form?.elements.namedItem(name) instanceof Element)
  );
}
