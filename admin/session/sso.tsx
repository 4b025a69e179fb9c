import { useEffect, useState } from "preact/hooks";
import type { SsoFailureCode } from "../../edge/admin/sso/sso-failure.ts";
import { api, parseAnswer } from "../api/client.ts";
import { FailureNote } from "../parts/failure-note.tsx";
import { useAction } from "../parts/use-action.ts";

const TEXTS: Readonly<Record<SsoFailureCode, string>> = {
  cancelled: "You cancelled the sign-in at the identity provider.",
  expired: "The sign-in took too long, or was continued in another window. Try again.",
  unreachable: "The identity provider does not answer. Try again in a minute.",
  provider_error:
    "The identity provider's answer was not valid. The log of the edge has the reason (sign_in.refused).",
  email_missing: "The identity provider did not send your e-mail address.",
  email_unverified: "Your e-mail address is not verified at the identity provider.",
  unknown_admin: "No admin has your e-mail address. Ask an owner to add you.",
  no_role: "Your account at the identity provider has no role for SuperIMAP.",
  linked_elsewhere:
    "The admin with your e-mail address is linked to another account. An owner can unlink it under Admins.",
};

const hasText = (code: string | null): code is SsoFailureCode =>
  code !== null && Object.hasOwn(TEXTS, code);

/** The parameter of the address that says why the sign-in at the identity provider failed. */
const PARAMETER = "sso";

/** Says why the last sign-in at the identity provider failed. */
export function SsoFailureNote() {
  const [code] = useState(() => new URLSearchParams(location.search).get(PARAMETER));
  useEffect(() => {
    if (code !== null) history.replaceState(null, "", location.pathname);
  }, [code]);
  if (!hasText(code)) return null;
  return (
    <div class="note note-bad" role="alert">
      <p>{TEXTS[code]}</p>
    </div>
  );
}

/** Opens the identity provider, which sends the browser back to this page. */
export function SsoButton({ name }: { name: string }) {
  const { run, isBusy, failure } = useAction();
  const open = () =>
    run(async () => {
      const json = { return_to: location.pathname + location.search };
      const { url } = await parseAnswer(api.session.sso.$post({ json }));
      location.assign(url);
    });
  return (
    <div class="way">
      {failure && <FailureNote failure={failure} />}
      <button type="button" aria-busy={isBusy} disabled={isBusy} onClick={() => void open()}>
        Sign in with {name}
      </button>
    </div>
  );
}
