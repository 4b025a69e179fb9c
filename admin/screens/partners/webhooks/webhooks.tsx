import { useState } from "preact/hooks";
import { Facts } from "../../../parts/facts.tsx";
import { Section } from "../../../parts/section.tsx";
import type { SectionProps } from "../partner-sections.tsx";
import { PAYLOAD_FORMAT_OPTIONS } from "./payload-formats.ts";
import { WebhooksDialog } from "./webhooks-dialog.tsx";

/** Shows the partner's webhooks and their payload format. */
export function Webhooks({ partner, onChanged }: SectionProps) {
  const [isEditing, setEditing] = useState(false);
  const [, format] = PAYLOAD_FORMAT_OPTIONS.find(([name]) => name === partner.payload_format) ?? [];
  return (
    <Section
      title="Webhooks"
      actionsNeed="operator"
      actions={
        <button type="button" class="small secondary outline" onClick={() => setEditing(true)}>
          Edit webhooks
        </button>
      }
    >
      <Facts
        facts={[
          ["New mail", <Address url={partner.new_mail_webhook} />],
          ["User connected", <Address url={partner.user_connected_webhook} />],
          ["User disconnected", <Address url={partner.user_disconnected_webhook} />],
          ["Login refused", <Address url={partner.user_auth_failed_webhook} />],
          ["Payload format", format],
          ["Order", partner.ordered ? "one event at a time for each user" : "in parallel"],
          ...(partner.allow_plain_http ? [["Plain HTTP", "allowed"] as const] : []),
        ]}
      />
      {isEditing && (
        <WebhooksDialog partner={partner} onClose={() => setEditing(false)} onChanged={onChanged} />
      )}
    </Section>
  );
}

const Address = ({ url }: { url: string | null }) =>
  url === null ? <span class="muted">not sent</span> : <code>{url}</code>;
