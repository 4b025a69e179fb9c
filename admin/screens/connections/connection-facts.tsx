import { Empty } from "../../parts/lists/empty.tsx";
import { CopyableId } from "../../parts/copyable-id.tsx";
import { Facts } from "../../parts/facts.tsx";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { Section } from "../../parts/section.tsx";
import { PROVIDER_KIND_WORDS } from "../providers/provider-kind-words.ts";
import { ClientState } from "./client-state.tsx";
import type { ShownConnection } from "./connection-answer.ts";

interface ConnectionFactsProps {
  connection: ShownConnection;
  partner: { id: string; name: string };
}

export function ConnectionFacts({ connection, partner }: ConnectionFactsProps) {
  const { id, provider_id, provider_title, users_count } = connection;
  return (
    <>
      {!connection.provider_enabled && (
        <div class="note note-bad">
          <p>
            The provider is switched off.{" "}
            <a href={`/admin/providers/${provider_id}`}>See the reason</a>.
          </p>
        </div>
      )}
      <Section title="What it connects">
        <Facts
          facts={[
            ["Partner", <PartnerLink id={partner.id} name={partner.name} />],
            ["Provider", <a href={`/admin/providers/${provider_id}`}>{provider_title}</a>],
            ["Code in the API", <CopyableId id={connection.imap_provider_code} />],
            ["Id", <CopyableId id={id} />],
            ["Kind", PROVIDER_KIND_WORDS[connection.kind]],
            ["OAuth client", <ClientState connection={connection} />],
            ...(connection.kind === "plain"
              ? [["Host", connection.own_host ? "each user's own" : "the provider's"] as const]
              : []),
          ]}
        />
      </Section>
      <Section title="Users">
        {users_count === 0 ? (
          <Empty title="No users yet">
            <p>
              The partner creates them through the API, or{" "}
              <a href={`/admin/users/new?connection_id=${id}`}>you can create one</a>.
            </p>
          </Empty>
        ) : (
          <p>
            <a href={`/admin/users?connection_id=${id}`}>
              {users_count === 1 ? "One user" : `${users_count.toLocaleString()} users`}
            </a>
            , archived ones too.
          </p>
        )}
      </Section>
    </>
  );
}
