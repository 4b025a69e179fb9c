import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { toFailure } from "../../api/failure.ts";
import { Dialog } from "../forms/dialog.tsx";
import type { Fields } from "../forms/fields.ts";
import { Form } from "../forms/form.tsx";
import { refuseUntyped, TypedField } from "../forms/typed-field.tsx";
import { JobProgress } from "../job-progress.tsx";
import { type BulkProgress, describeBulk, runBulk } from "./run-bulk.ts";

interface BulkDialogProps {
  /** The question, with the number of items. */
  title: string;
  /** What the action does. */
  children: ComponentChildren;
  action: string;
  isDangerous: boolean;
  /** A text that the admin must type to confirm, to prevent accidents. */
  typed?: string;
  /** What the items are, such as `users`. */
  unit: string;
  /** Lists the ids of the items when the action begins. */
  listIds(signal: AbortSignal): Promise<readonly string[]>;
  perform(id: string): Promise<void>;
  onClose(): void;
}

type Step = { step: "asking" } | { step: "running" | "ended"; progress: BulkProgress };

/** Asks for confirmation of an action on many items, and shows its progress and its result. */
export function BulkDialog({ title, children, action, unit, onClose, ...more }: BulkDialogProps) {
  const [at, setAt] = useState<Step>({ step: "asking" });
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const start = async (fields: Fields) => {
    refuseUntyped(fields, more.typed);
    const ids = await more.listIds(stop.current.signal);
    const onProgress = (progress: BulkProgress) => setAt({ step: "running", progress });
    const deps = { perform: more.perform, onProgress, explain };
    setAt({ step: "ended", progress: await runBulk(deps, ids, stop.current.signal) });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      {at.step !== "ended" && (
        <>
          {children}
          {at.step === "running" && (
            <JobProgress
              title="Progress"
              done={at.progress.done + at.progress.failed}
              total={at.progress.total}
              unit={unit}
            />
          )}
          <Form
            submit={action}
            submitting="Working …"
            isDangerous={more.isDangerous}
            onSubmit={start}
            onCancel={onClose}
          >
            {more.typed !== undefined && <TypedField typed={more.typed} />}
          </Form>
        </>
      )}
      {at.step === "ended" && (
        <>
          <p role="status">{describeBulk(at.progress, unit)}.</p>
          <button type="button" onClick={onClose}>
            Done
          </button>
        </>
      )}
    </Dialog>
  );
}

/** When the session has ended, no item can be changed any more, so the action ends. */
function explain(error: unknown): string {
  const failure = toFailure(error);
  if (failure.code === "sign-in-required") throw failure;
  return failure.message;
}
