import { useState } from "preact/hooks";
import { type Failure, toFailure } from "../api/failure.ts";
import { useOnSignedOut } from "../session/signed-out.ts";

/**
 * Returns `run()`, which runs an action and ignores calls while an action is running. `failure`
 * says why the last action failed.
 */
export function useAction() {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(false);
  const onSignedOut = useOnSignedOut();
  const run = async (action: () => Promise<void>): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    try {
      await action();
      setFailure(null);
    } catch (error) {
      const fault = toFailure(error);
      if (fault.code === "sign-in-required") onSignedOut();
      setFailure(fault);
    } finally {
      setBusy(false);
    }
  };
  return { run, isBusy, failure };
}
