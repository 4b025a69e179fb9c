import type { ComponentChildren } from "preact";
import type { Overview } from "./overview-answer.ts";

/** Shows what to do next in an installation without users. */
export function FirstSteps({ overview: { setup, instances, users } }: { overview: Overview }) {
  if (users.by_state.some((state) => state.users > 0)) return null;
  return (
    <section class="steps" aria-label="First steps">
      <h2>First steps</h2>
      <ol>
        <Step title="Start the fleet" isDone={instances.length > 0}>
          Its processes watch the mailboxes and call the webhooks.
        </Step>
        <Step title="Check the providers" isDone={setup.has_connections}>
          Gmail, Outlook and plain IMAP are set up. <a href="/admin/providers">Add another</a> if
          your users have their mail elsewhere.
        </Step>
        <Step title="Add a partner" isDone={setup.has_partners}>
          A partner is the application that receives the mail. <a href="/admin/partners">Add one</a>{" "}
          and give it an API key and a webhook.
        </Step>
        <Step title="Give it a connection" isDone={setup.has_connections}>
          A connection links the partner to the provider where its users have their mail.
        </Step>
        <Step title="Create users" isDone={false}>
          The partner creates them through the <a href="/docs">API</a>, or you create them under the
          connection.
        </Step>
      </ol>
    </section>
  );
}

interface StepProps {
  title: string;
  isDone: boolean;
  children: ComponentChildren;
}

const Step = ({ title, isDone, children }: StepProps) => (
  <li class={isDone ? "done" : ""}>
    <strong>{title}</strong>
    {isDone && <span class="muted"> – done</span>}
    <p>{children}</p>
  </li>
);
