import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../../api/client.ts";
import { CopyButton } from "../../../parts/copy-button.tsx";
import { Facts } from "../../../parts/facts.tsx";
import { Section } from "../../../parts/section.tsx";
import { ShowLoaded } from "../../../parts/show-loaded.tsx";
import { TimeAgo } from "../../../parts/time/time-ago.tsx";
import { useLoaded } from "../../../parts/use-loaded.ts";
import type { SectionProps } from "../partner-sections.tsx";
import { SigningKeyDialog, type SigningKeyTask } from "./signing-key-dialog.tsx";

const endpoint = api.partners[":id"]["signing-key"];
export type ShownSigningKey = InferResponseType<typeof endpoint.$get, 200>;

/**
 * Shows the partner's signing key. With its public key, receivers verify webhooks without a secret.
 */
export function SigningKey({ partner: { id } }: SectionProps) {
  const key = useLoaded((signal) => parseAnswer(endpoint.$get({ param: { id } }, until(signal))), {
    key: id,
  });
  const [task, setTask] = useState<SigningKeyTask | null>(null);
  const known = key.loaded.step === "loaded" ? key.loaded.value : null;
  const open = (kind: SigningKeyTask, title: string) => (
    <button type="button" class="small secondary outline" onClick={() => setTask(kind)}>
      {title}
    </button>
  );
  return (
    <Section
      title="Signing key (Ed25519)"
      actionsNeed="operator"
      actions={
        known &&
        (known.public_key === null ? (
          open("make", "Create a signing key")
        ) : (
          <>
            {open("rotate", "Rotate the signing key")}
            {open("remove", "Remove the signing key")}
          </>
        ))
      }
    >
      <ShowLoaded loading={key}>{(shown) => <PublicKeys shown={shown} />}</ShowLoaded>
      {known && task && (
        <SigningKeyDialog
          partnerId={id}
          task={task}
          runningUntil={known.previous?.until ?? null}
          onClose={() => setTask(null)}
          onChanged={key.reload}
        />
      )}
    </Section>
  );
}

function PublicKeys({ shown: { public_key, previous } }: { shown: ShownSigningKey }) {
  if (public_key === null) {
    return (
      <p class="muted">
        None. With a signing key, webhooks carry a second signature that is verified with a public
        key, so receivers can verify without holding the secret.
      </p>
    );
  }
  return (
    <Facts
      facts={[
        [
          "Public key",
          <>
            <code>{public_key}</code> <CopyButton text={public_key} />
          </>,
        ],
        ...(previous
          ? [
              [
                "Previous key",
                <>
                  {" "}
                  <code>{previous.public_key}</code> also signs until{" "}
                  <TimeAgo at={previous.until} />
                </>,
              ] as const,
            ]
          : []),
      ]}
    />
  );
}
