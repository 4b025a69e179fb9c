import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../../api/client.ts";
import { Dialog } from "../../../parts/forms/dialog.tsx";
import { Facts } from "../../../parts/facts.tsx";
import { Secret } from "../../../parts/secret.tsx";
import { Section } from "../../../parts/section.tsx";
import { ShowLoaded } from "../../../parts/show-loaded.tsx";
import { TimeAgo } from "../../../parts/time/time-ago.tsx";
import { type Loaded, useLoaded } from "../../../parts/use-loaded.ts";
import type { SectionProps } from "../partner-sections.tsx";
import { RotateForm } from "./rotate-form.tsx";

const endpoint = api.partners[":id"]["webhook-secret"];

interface ShownSecret {
  prefix: string;
  previous: { prefix: string; until: string } | null;
}

/** Shows the beginning of the secret with which the partner verifies webhooks. */
export function WebhookSecret({ partner: { id } }: SectionProps) {
  const secret = useLoaded(
    (signal) => parseAnswer(endpoint.$get({ param: { id } }, until(signal))),
    {
      key: id,
    },
  );
  const [isRotating, setRotating] = useState(false);
  return (
    <Section
      title="Webhook secret"
      actionsNeed="operator"
      actions={
        <button type="button" class="small secondary outline" onClick={() => setRotating(true)}>
          Rotate the secret
        </button>
      }
    >
      <ShowLoaded loading={secret}>
        {({ prefix, previous }) => (
          <Facts
            facts={[
              ["Starts with", <code>{prefix}…</code>],
              previous
                ? [
                    "Previous secret",
                    <>
                      {" "}
                      <code>{previous.prefix}…</code> also signs until{" "}
                      <TimeAgo at={previous.until} />
                    </>,
                  ]
                : ["Previous secret", <span class="muted">none</span>],
            ]}
          />
        )}
      </ShowLoaded>
      {isRotating && (
        <RotateSecret
          partnerId={id}
          runningUntil={runningUntil(secret.loaded)}
          onClose={() => setRotating(false)}
          onChanged={secret.reload}
        />
      )}
    </Section>
  );
}

const runningUntil = (loaded: Loaded<ShownSecret>) =>
  loaded.step === "loaded" ? (loaded.value.previous?.until ?? null) : null;

interface RotateSecretProps {
  partnerId: string;
  runningUntil: string | null;
  onClose(): void;
  onChanged(): void;
}

function RotateSecret({ partnerId, onClose, onChanged, ...more }: RotateSecretProps) {
  const [secret, setSecret] = useState<string | null>(null);
  if (secret !== null) {
    return (
      <Dialog title="Save this secret" onClose={onClose}>
        <Secret label="Webhook secret" value={secret} />
        <p>Webhooks are signed with it from now on. It is not shown again.</p>
        <button type="button" onClick={onClose}>
          I have saved it
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog title="Rotate the webhook secret" onClose={onClose}>
      <RotateForm
        runningUntil={more.runningUntil}
        onCancel={onClose}
        onRotate={async (json) => {
          const made = await parseAnswer(endpoint.$post({ param: { id: partnerId }, json }));
          setSecret(made.secret);
          onChanged();
        }}
      />
    </Dialog>
  );
}
