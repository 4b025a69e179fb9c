import { useLocation } from "preact-iso";
import { api, parseAnswer } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { useAnnounce } from "../../parts/announcements.tsx";
import { Field } from "../../parts/forms/field.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import { LinksBar } from "../../parts/lists/links-bar.tsx";
import { findPreset, type Preset, PRESETS } from "./presets.ts";
import { ProviderFields } from "./provider-fields.tsx";
import { providerJson } from "./provider-json.ts";

/** Shows the form for a new provider. A preset fills in the initial values. */
export function NewProviderScreen() {
  const { preset: name } = useLocation().query;
  const preset = findPreset(name) ?? PRESETS[0];
  return (
    <Page title="Add a provider" crumbs={[{ title: "Providers", href: "/admin/providers" }]}>
      <LinksBar
        label="Start from"
        links={PRESETS.map((one) => ({
          title: one.title,
          href: `/admin/providers/new?preset=${one.name}`,
          isCurrent: one === preset,
        }))}
      />
      {preset && <NewProviderForm key={preset.name} preset={preset} />}
    </Page>
  );
}

function NewProviderForm({ preset: { text, code, kind, values } }: { preset: Preset }) {
  const announce = useAnnounce();
  const { route } = useLocation();
  const add = async (fields: Fields) => {
    const json = { code: fields["code"] ?? "", kind, ...providerJson(kind, fields) };
    const { id, title } = await parseAnswer(api.providers.$post({ json }));
    announce(`${title} added.`);
    route(`/admin/providers/${id}`);
  };
  return (
    <>
      <p class="muted">{text}</p>
      <Form submit="Add" onSubmit={add} onCancel={() => route("/admin/providers")}>
        <Field
          name="code"
          label="Code"
          hint="The provider's name in the API, such as GMAIL_OAUTH2. Code and kind cannot be changed later."
          value={code}
          placeholder="EXAMPLE_MAIL"
          autocomplete="off"
          required
        />
        <ProviderFields kind={kind} values={values} />
      </Form>
    </>
  );
}
