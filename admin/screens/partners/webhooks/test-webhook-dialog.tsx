import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { api, parseAnswer } from "../../../api/client.ts";
import { Badge } from "../../../parts/states/badge.tsx";
import { Dialog } from "../../../parts/forms/dialog.tsx";
import { Form } from "../../../parts/forms/form.tsx";
import type { ShownPartner } from "../partner-answer.ts";

const testWebhook = api.partners[":id"]["test-webhook"];
type TestEnd = InferResponseType<typeof testWebhook.$post, 200>;

/** Sends a test event to the partner's webhook for new mail, and shows the endpoint's answer. */
export function TestWebhookDialog({
  partner,
  onClose,
}: {
  partner: ShownPartner;
  onClose(): void;
}) {
  const [end, setEnd] = useState<TestEnd | null>(null);
  const send = async () => {
    setEnd(null);
    setEnd(await parseAnswer(testWebhook.$post({ param: { id: partner.id } })));
  };
  return (
    <Dialog title="Send a test webhook" onClose={onClose}>
      <p>
        A signed event without a mail is sent now, once, to{" "}
        <code>{partner.new_mail_webhook ?? "no address yet"}</code>. It is not tried again, and no
        user sees it.
      </p>
      {end && <ShowEnd end={end} />}
      <Form
        submit={end ? "Send another" : "Send"}
        submitting="Waiting for the answer …"
        onSubmit={send}
        onCancel={onClose}
      />
    </Dialog>
  );
}

function ShowEnd({ end }: { end: TestEnd }) {
  switch (end.result) {
    case "response":
      return (
        <div role="status" class="test-end">
          <p>
            <Badge tone={end.status >= 200 && end.status < 300 ? "good" : "bad"}>
              {end.status}
            </Badge>{" "}
            after {end.duration_ms} ms
          </p>
          {end.answer === "" ? <p class="muted">The answer is empty.</p> : <pre>{end.answer}</pre>}
        </div>
      );
    case "failed":
      return (
        <div role="status" class="test-end">
          <p>
            <Badge tone="bad">no answer</Badge> after {end.duration_ms} ms: {end.error}
          </p>
        </div>
      );
    case "unknown":
      return (
        <p role="status">
          The test was sent, but its result is not known in time. The partner may have received it.
        </p>
      );
  }
}
