import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { Facts } from "../../parts/facts.tsx";
import { Section } from "../../parts/section.tsx";
import { ConnectPagesDialog } from "./connect-pages-dialog.tsx";
import type { SectionProps } from "./partner-sections.tsx";

const None = () => <span class="muted">none</span>;
const urlFact = (label: string, url: string | null): [string, VNode] => [
  label,
  url === null ? <None /> : <code>{url}</code>,
];

/**
 * Shows where browsers are redirected to after an account was connected, or after a failure, and
 * how the connect pages look. A link may name other pages, but only on the allowed origins.
 */
export function ConnectPages({ partner, onChanged }: SectionProps) {
  const [isEditing, setEditing] = useState(false);
  const { allowed_origins, accent_color, logo_digest, consent_page, provider_choice } = partner;
  return (
    <Section
      title="Connect pages"
      actionsNeed="operator"
      actions={
        <button type="button" class="small secondary outline" onClick={() => setEditing(true)}>
          Edit pages
        </button>
      }
    >
      <Facts
        facts={[
          urlFact("After success", partner.success_url),
          urlFact("After failure", partner.failure_url),
          ["Allowed origins", allowed_origins.length === 0 ? <None /> : allowed_origins.join(", ")],
          ["Before an OAuth provider", consent_page ? "consent page" : "nothing"],
          ["Other providers", provider_choice ? "offered" : "not offered"],
          urlFact("Website", partner.website_url),
          urlFact("Privacy policy", partner.privacy_url),
          urlFact("Terms", partner.terms_url),
          urlFact("Accent color", accent_color),
          [
            "Logo",
            logo_digest === null ? (
              <None />
            ) : (
              <img src={`/connect/logo/${partner.id}/${logo_digest}`} alt="The logo" height={40} />
            ),
          ],
        ]}
      />
      {isEditing && (
        <ConnectPagesDialog
          partner={partner}
          onClose={() => setEditing(false)}
          onChanged={onChanged}
        />
      )}
    </Section>
  );
}
