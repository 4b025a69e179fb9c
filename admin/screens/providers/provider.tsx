import { useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import { api, done, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { useAnnounce } from "../../parts/announcements.tsx";
import { CopyableId } from "../../parts/copyable-id.tsx";
import { Facts } from "../../parts/facts.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { PROVIDER_KIND_WORDS } from "./provider-kind-words.ts";
import type { ShownProvider } from "./provider-answer.ts";
import { ProviderFields } from "./provider-fields.tsx";
import { providerJson } from "./provider-json.ts";
import { ProviderState } from "./provider-state.tsx";
import { ProviderSwitch } from "./provider-switch.tsx";
import { useMay } from "../../session/use-may.ts";

/** Shows one provider with all its settings. */
export function ProviderScreen() {
  const { id = "" } = useRoute().params;
  const provider = useLoaded(
    (signal) => parseAnswer(api.providers[":id"].$get({ param: { id } }, until(signal))),
    { key: id },
  );
  const [isSwitching, setSwitching] = useState(false);
  const known = provider.loaded.step === "loaded" ? provider.loaded.value : null;
  return (
    <Page
      title={known?.title ?? "Provider"}
      crumbs={[{ title: "Providers", href: "/admin/providers" }]}
      actionsNeed="operator"
      actions={
        known && (
          <button type="button" class="secondary outline" onClick={() => setSwitching(true)}>
            {known.enabled ? "Disable" : "Enable"}
          </button>
        )
      }
    >
      <ShowLoaded loading={provider}>
        {(value) => (
          <>
            <ProviderSummary provider={value} />
            <ProviderForm provider={value} onChanged={provider.reload} />
          </>
        )}
      </ShowLoaded>
      {known && isSwitching && (
        <ProviderSwitch
          provider={known}
          onClose={() => setSwitching(false)}
          onChanged={provider.reload}
        />
      )}
    </Page>
  );
}

const ProviderSummary = ({ provider }: { provider: ShownProvider }) => (
  <Section title="Details">
    <Facts
      facts={[
        ["State", <ProviderState provider={provider} />],
        ...(provider.disabled_reason === null
          ? []
          : [["Reason", provider.disabled_reason] as const]),
        ["Code in the API", <CopyableId id={provider.code} />],
        ["Kind", PROVIDER_KIND_WORDS[provider.kind]],
        ["Connections", provider.connections_count.toLocaleString()],
      ]}
    />
  </Section>
);

function ProviderForm({ provider, onChanged }: { provider: ShownProvider; onChanged(): void }) {
  const announce = useAnnounce();
  const may = useMay();
  const { id, kind } = provider;
  const save = async (fields: Fields) => {
    const json = providerJson(kind, fields);
    await done(api.providers[":id"].$patch({ param: { id }, json }));
    announce("Provider saved.");
    onChanged();
  };
  return (
    <Section title="Settings">
      <p class="muted">Changes apply at each user's next login. Nobody is disconnected.</p>
      {!may("operator") && <p>Only admins with the role operator can change them.</p>}
      <fieldset disabled={!may("operator")}>
        <Form submit="Save" onSubmit={save}>
          <ProviderFields kind={kind} values={provider} />
        </Form>
      </fieldset>
    </Section>
  );
}
