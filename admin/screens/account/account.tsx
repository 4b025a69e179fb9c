import { useState } from "preact/hooks";
import { Page } from "../../frame/page.tsx";
import { useAnnounce } from "../../parts/announcements.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { PasswordForm } from "../../session/password-form.tsx";
import { ROLE_WORDS } from "../../session/role-words.ts";
import { useSession } from "../../session/session.tsx";
import { ApiTokens } from "./api-tokens.tsx";
import { Passkeys } from "./passkeys.tsx";
import { SecondFactor } from "./second-factor.tsx";

/** The settings of the signed-in admin's own account. */
export function AccountScreen() {
  const { admin, refresh } = useSession();
  const announce = useAnnounce();
  const [isChanging, setChanging] = useState(false);
  const changed = async () => {
    setChanging(false);
    announce("Password changed. Your other sessions have ended.");
    await refresh();
  };
  return (
    <Page title="My account">
      <section>
        <h2>Profile</h2>
        <p>
          {admin.name}, {admin.email}. Your role is {admin.role}: {ROLE_WORDS[admin.role]}. An owner
          can change all of this under <a href="/admin/admins">Admins</a>.
        </p>
      </section>
      {admin.password === "none" ? (
        <section>
          <h2>Single sign-on</h2>
          <p>You sign in with your account at the identity provider, and have no password here.</p>
        </section>
      ) : (
        <>
          <section>
            <h2>Password</h2>
            <button type="button" class="small" onClick={() => setChanging(true)}>
              Change password
            </button>
            {isChanging && (
              <Dialog title="Change password" onClose={() => setChanging(false)}>
                <PasswordForm onChanged={changed} onCancel={() => setChanging(false)} />
              </Dialog>
            )}
          </section>
          <SecondFactor />
          <Passkeys />
        </>
      )}
      <ApiTokens />
    </Page>
  );
}
