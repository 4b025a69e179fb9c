import { useState } from "preact/hooks";
import { useAnnounce } from "../../parts/announcements.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { useSession } from "../../session/session.tsx";
import { BeginTotp } from "./begin-totp.tsx";
import { RemoveTotp } from "./remove-totp.tsx";

export function SecondFactor() {
  const { admin, refresh } = useSession();
  const announce = useAnnounce();
  const [isOpen, setOpen] = useState(false);
  const close = (told?: string) => {
    setOpen(false);
    if (told !== undefined) announce(told);
    void refresh();
  };
  return (
    <section>
      <h2>Second factor</h2>
      <p>
        {admin.totp
          ? `On: each sign-in asks for a code from your app. Recovery codes left: ${admin.recovery_codes_left}.`
          : "Off: the password alone is enough to sign in. With an authenticator app, a stolen password is useless."}
      </p>
      <button
        type="button"
        class={admin.totp ? "small secondary" : "small"}
        onClick={() => setOpen(true)}
      >
        {admin.totp ? "Turn off" : "Turn on"}
      </button>
      {isOpen && admin.totp && (
        <Dialog title="Turn off two-factor" onClose={close}>
          <RemoveTotp onRemoved={() => close("Two-factor is off.")} onCancel={close} />
        </Dialog>
      )}
      {isOpen && !admin.totp && (
        <Dialog title="Turn on two-factor" onClose={close}>
          <BeginTotp onDone={() => close("Two-factor is on.")} onCancel={close} />
        </Dialog>
      )}
    </section>
  );
}
