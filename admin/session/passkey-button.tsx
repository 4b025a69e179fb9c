import { FailureNote } from "../parts/failure-note.tsx";
import { useAction } from "../parts/use-action.ts";
import type { Who } from "./session.tsx";

/** Signs in with a passkey. Not shown in browsers without passkeys. */
export function PasskeyButton({ onSignedIn }: { onSignedIn(who: Who): void }) {
  const { run, isBusy, failure } = useAction();
  if (!("PublicKeyCredential" in window)) return null;
  const signIn = () =>
    run(async () => {
      const { signInWithPasskey } = await import("./passkey.ts");
      onSignedIn(await signInWithPasskey());
    });
  return (
    <div class="way">
      {failure && <FailureNote failure={failure} />}
      <button
        type="button"
        class="secondary outline"
        aria-busy={isBusy}
        disabled={isBusy}
        onClick={() => void signIn()}
      >
        Sign in with a passkey
      </button>
    </div>
  );
}
