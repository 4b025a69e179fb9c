import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../../app-env.ts";
import type { OpenLink } from "../open-link.ts";
import { listOtherProviders, type OtherProvider } from "../other-providers.ts";
import { choiceList } from "../page/choice.ts";
import { cancelLine, consentText } from "../page/consent.ts";
import { isolate, listTargets, pageResponse } from "../page/layout.ts";
import { readerOf } from "../page/reader.ts";
import type { Words } from "../words/en.ts";
import { fill, fillHtml } from "../words/fill.ts";
import { detectProvider } from "./detect-provider.ts";
import { type FieldName, fillServer, IMAPS_PORT, type TypedFields } from "./form-fields.ts";
import { howToLine, providerNote } from "./provider-note.ts";

export interface ShownForm {
  status: number;
  /** What is wrong with the form as a whole. */
  problem?: string;
  /** What is wrong with each field. */
  faults?: Partial<Record<FieldName, string>>;
  /** The values that the person typed before; undefined when the form is new. */
  typed?: TypedFields;
  /** The providers to offer, if they were listed already. */
  others?: readonly OtherProvider[];
  /**
   * Whether the login was not tried, because the form first says something about the provider of the
   * address.
   */
  isAsking?: boolean;
}

/** Shows the form for the login of a mail account. The form POSTs to the URL of its link. */
export async function loginForm(
  c: Context<AppEnv>,
  opened: OpenLink,
  shown: ShownForm,
): Promise<Response> {
  const { provider, user, callbacks } = opened;
  const { problem, faults = {}, isAsking = false } = shown;
  const others = shown.others ?? (await listOtherProviders(c, opened));
  const known = shown.typed ?? toTypedFields(user);
  const typed = provider.ownHost ? fillServer(known) : known;
  const detected = detectProvider(typed.login, { hasOwnHost: provider.ownHost, others });
  const { words } = readerOf(c);
  const { consent, form } = words;
  return pageResponse(c, {
    status: shown.status,
    title: provider.ownHost
      ? consent.titleOwnServer
      : fill(consent.title, { provider: provider.title }),
    hasFault: isAsking || problem !== undefined || Object.keys(faults).length > 0,
    formTargets: listTargets(callbacks.success),
    body: html`${consentText(c, opened)} ${passwordHelp(c, provider)}
      ${problem !== undefined && html`<p class="wrong" role="alert">${problem}</p>`}
      ${detected && providerNote(c, opened, { ...detected, isAsking })}
      <form method="post" action="${c.get("linkContext")?.link ?? ""}">
        ${
          detected &&
          html`<input type="hidden" name="noticed" value="${detected.known.imapHost}" />`
        }
        ${field(
          { name: "login", label: form.login, fault: faults.login },
          {
            value: typed.login,
            autocomplete: "username",
            autocapitalize: "none",
            spellcheck: "false",
          },
        )}
        ${field(
          { name: "password", label: form.password, fault: faults.password },
          {
            type: "password",
            autocomplete: "current-password",
          },
        )}
        ${provider.ownHost && serverFields(form, faults, typed)}
        <button type="submit">${form.submit}</button>
      </form>
      ${cancelLine(c, opened)} ${choiceList(c, others)}`,
  });
}

/** The texts of our own providers in English, each with its translation. */
const KNOWN_HELP: Readonly<Record<string, "appPasswordRequired" | "appPasswordUsual">> = {
  "iCloud takes an app-specific password here, not the password of your Apple Account.":
    "appPasswordRequired",
  "Yahoo takes an app password here, not the password of your account.": "appPasswordRequired",
  "Fastmail takes an app password here, not the password of your account.": "appPasswordRequired",
  "Many providers want an app password here instead of the password of the account.":
    "appPasswordUsual",
};

/** Returns what the person must know about the password. An administrator's own text is kept. */
function passwordHelp(c: Context<AppEnv>, provider: OpenLink["provider"]) {
  const { title, loginHelp, loginHelpUrl } = provider;
  const { language, words } = readerOf(c);
  const { form } = words;
  const known = loginHelp === null || language === "en" ? undefined : KNOWN_HELP[loginHelp];
  const text = known ? fillHtml(form[known], { provider: isolate(title) }) : loginHelp;
  return html`${text !== null && html`<p>${text}</p>`}
  ${loginHelpUrl !== null && howToLine(loginHelpUrl, form.howToGetPassword)}`;
}

const toTypedFields = (user: OpenLink["user"]): TypedFields => ({
  login: user.loginUsername ?? user.email ?? "",
  host: user.imapHost ?? "",
  port: String(user.imapPort ?? IMAPS_PORT),
  security: user.imapSecurity ?? "tls",
});

function serverFields(
  form: Words["form"],
  faults: Partial<Record<FieldName, string>>,
  typed: TypedFields,
) {
  return html`${field(
      { name: "host", label: form.host, fault: faults.host, hint: form.hostHint },
      {
        value: typed.host,
        autocapitalize: "none",
        spellcheck: "false",
      },
    )}
    ${field(
      { name: "port", label: form.port, fault: faults.port },
      {
        value: typed.port,
        inputmode: "numeric",
      },
    )}
    <label for="security">${form.security}</label>
    <select
      id="security"
      name="security"
      ${renderAttributes(describe("security", { fault: faults.security }))}
    >
      ${option("tls", form.tls, typed.security)}
      ${option("starttls", form.starttls, typed.security)}
    </select>
    ${faultText("security", faults.security)}`;
}

const option = (value: string, label: string, chosen: string) =>
  html`<option value="${value}" ${value === chosen ? html` selected` : ""}>${label}</option>`;

interface Field {
  name: FieldName;
  label: string;
  fault: string | undefined;
  /** When the field may be left empty. A field without a hint is required. */
  hint?: string | undefined;
}

function field({ name, label, fault, hint }: Field, attributes: Readonly<Record<string, string>>) {
  const all = { id: name, name, ...(hint === undefined && { required: "" }), ...attributes };
  return html`<label for="${name}">${label}</label>
    <input${renderAttributes({ ...all, ...describe(name, { fault, hint }) })} />
    ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${faultText(name, fault)}`;
}

/**
 * Returns the attributes that link a field to its error message and its hint, so that screen readers
 * read them with the field (WCAG 2.2, 3.3.1).
 */
function describe(name: FieldName, { fault, hint }: Pick<Field, "fault" | "hint">) {
  const ids = [...(fault === undefined ? [] : ["fault"]), ...(hint === undefined ? [] : ["hint"])];
  return {
    ...(fault !== undefined && { "aria-invalid": "true" }),
    ...(ids.length > 0 && { "aria-describedby": ids.map((id) => `${name}-${id}`).join(" ") }),
  };
}

const faultText = (name: FieldName, fault: string | undefined) =>
  fault !== undefined && html`<p class="wrong" id="${name}-fault">${fault}</p>`;

const renderAttributes = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([attribute, value]) => html` ${attribute}="${value}"`);
