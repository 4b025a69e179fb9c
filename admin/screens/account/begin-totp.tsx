import { useEffect, useMemo, useState } from "preact/hooks";
import { generate } from "lean-qr";
import { toSvgDataURL } from "lean-qr/extras/svg";
import { api, parseAnswer } from "../../api/client.ts";
import { type Failure, toFailure } from "../../api/failure.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Field } from "../../parts/forms/field.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import { useKeepSecret } from "../../parts/forms/keeps-secret.ts";

type Step =
  | { step: "asking" }
  | { step: "failed"; failure: Failure }
  | { step: "begun"; secret: string; uri: string }
  | { step: "confirmed"; codes: readonly string[] };

/**
 * Sets up the second factor: shows the secret for the authenticator app, asks for a first code, and
 * then shows the recovery codes.
 */
export function BeginTotp({ onDone, onCancel }: { onDone(): void; onCancel(): void }) {
  const [at, setAt] = useState<Step>({ step: "asking" });
  useEffect(() => {
    parseAnswer(api.totp.$post()).then(
      (begun) => setAt({ step: "begun", ...begun }),
      (error: unknown) => setAt({ step: "failed", failure: toFailure(error) }),
    );
  }, []);
  const confirm = async ({ code = "" }: Fields) => {
    const { recovery_codes } = await parseAnswer(api.totp.confirm.$post({ json: { code } }));
    setAt({ step: "confirmed", codes: recovery_codes });
  };

  switch (at.step) {
    case "asking":
      return <p aria-busy="true">Creating a secret …</p>;
    case "failed":
      return <FailureNote failure={at.failure} />;
    case "begun":
      return (
        <>
          <p>Scan this with your authenticator app, or type the secret into it.</p>
          <QrCode text={at.uri} />
          <p>
            <code>{at.secret.replaceAll(/(.{4})(?=.)/g, "$1 ")}</code>
          </p>
          <Form submit="Confirm" onSubmit={confirm} onCancel={onCancel}>
            <Field
              name="code"
              label="Code"
              hint="The six digits that the app shows now."
              inputmode="numeric"
              autocomplete="one-time-code"
              required
            />
          </Form>
        </>
      );
    case "confirmed":
      return <RecoveryCodes codes={at.codes} onDone={onDone} />;
  }
}

/** Shows the recovery codes once. The dialog around them asks before it closes. */
function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone(): void }) {
  useKeepSecret();
  return (
    <>
      <p>
        Save these recovery codes somewhere you can reach without your phone. You can use each code
        once instead of a code from your app. They are not shown again.
      </p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <button type="button" onClick={onDone}>
        I have saved them
      </button>
    </>
  );
}

/**
 * A QR code. It is black on white even in the dark color scheme, because not every camera reads
 * inverted codes.
 */
function QrCode({ text }: { text: string }) {
  const url = useMemo(() => toSvgDataURL(generate(text), { on: "black", off: "white" }), [text]);
  return <img class="qr" src={url} alt="QR code of the secret" width="200" height="200" />;
}
