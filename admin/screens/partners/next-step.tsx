import type { ShownPartner } from "./partner-answer.ts";

/** Shows what to do next with a partner that is not set up completely. */
export function NextStep({ partner }: { partner: ShownPartner }) {
  const step = describeNextStep(partner);
  if (step === null) return null;
  return (
    <div class="note note-busy">
      <p>
        <strong>Next:</strong> {step}
      </p>
    </div>
  );
}

function describeNextStep({
  connections_count,
  new_mail_webhook,
  users_by_state,
}: ShownPartner): string | null {
  if (connections_count === 0) {
    return "add a connection to the provider where the partner's users have their mail.";
  }
  if (new_mail_webhook === null) {
    return "set the webhook for new mail. Until then mail is read, but not delivered.";
  }
  return Object.keys(users_by_state).length === 0
    ? "create users: the partner does it through the API, or you do it under a connection."
    : null;
}
