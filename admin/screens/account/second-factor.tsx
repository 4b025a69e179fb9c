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
          ? `In force: each sign-in asks for a code of your app. ${admin.recovery_codes_left} recovery codes are left.`
          : "None: the password alone opens this account. An authenticator app makes a stolen password worthless."}
      </p>
      <button
        type="button"
        class={admin.totp ? "small secondary" : "small"}
        onClick={() => setOpen(true)}
      >
        {admin.totp ? "Give it up" : "Set one up"}
      </button>
      {isOpen && admin.totp && (
        <Dialog title="Give the second factor up" onClose={close}>
          <RemoveTotp onRemoved={() => close("The second factor is given up.")} onCancel={close} />
        </Dialog>
      )}
      {isOpen && !admin.totp && (
        <Dialog title="Set a second factor up" onClose={close}>
          <BeginTotp onDone={() => close("The second factor is in force.")} onCancel={close} />
        </Dialog>
      )}
    </section>
  );
}
