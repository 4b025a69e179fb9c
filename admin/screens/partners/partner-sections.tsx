import { ApiKeys } from "./api-keys.tsx";
import { ConnectPages } from "./connect-pages.tsx";
import { DeliveriesSection } from "./deliveries.tsx";
import { NextStep } from "./next-step.tsx";
import type { ShownPartner } from "./partner-answer.ts";
import { PartnerConnections } from "./partner-connections.tsx";
import { SigningKey } from "./webhooks/signing-key.tsx";
import { WebhookSecret } from "./webhooks/webhook-secret.tsx";
import { Webhooks } from "./webhooks/webhooks.tsx";

export interface SectionProps {
  partner: ShownPartner;
  onChanged(): void;
}

/** Shows all sections of a partner that is not being removed. */
export const PartnerSections = (props: SectionProps) => (
  <>
    <NextStep partner={props.partner} />
    <DeliveriesSection {...props} />
    <PartnerConnections {...props} />
    <Webhooks {...props} />
    <ConnectPages {...props} />
    <ApiKeys {...props} />
    <WebhookSecret {...props} />
    <SigningKey {...props} />
  </>
);
