import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../../app-env.ts";
import type { OpenLink } from "../open-link.ts";
import { cancelLine, consentText } from "../page/consent.ts";
import { isolate, listTargets, pageResponse } from "../page/layout.ts";
import { readerOf } from "../page/reader.ts";
import type { Words } from "../words/en.ts";
import { fill, fillHtml } from "../words/fill.ts";
import type { FieldName, TypedFields } from "./form-fields.ts";

export interface ShownForm {
  status: number;
  /** What is wrong with the form as a whole. */
  problem?: string;
  /** What is wrong with each field. */
  faults?: Partial<Record<FieldName, string>>;
  /** The values that the person typed before; undefined when the form is new. */
  typed?: TypedFields;
}

/** Shows the form for the login of a mail account. The form POSTs to the URL of its link. */
export function loginForm(
  c: Context<AppEnv>,
  opened: Omit<OpenLink, "link">,
  shown: ShownForm,
): Promise<Response> {
  const { provider, user, callbacks } = opened;
  const { problem, faults = {} } = shown;
  const typed = shown.typed ?? toTypedFields(user);
  const { words } = readerOf(c);
  const { consent, form } = words;
  return pageResponse(c, {
    status: shown.status,
    title: provider.ownHost
      ? consent.titleOwnServer
      : fill(consent.title, { provider: provider.title }),
    hasFault: problem !== undefined || Object.keys(faults).length > 0,
    formTargets: listTargets(callbacks.success),
    body: html`${consentText(c, opened)} ${passwordHelp(c, provider)}
      ${problem !== undefined && html`<p class="wrong" role="alert">${problem}</p>`}
      <form method="post" action="${c.get("linkContext")?.link ?? ""}">
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
      ${cancelLine(c, opened)}`,
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
  ${
    loginHelpUrl !== null &&
    html`<p><a href="${loginHelpUrl}" rel="noreferrer">${form.howToGetPassword}</a></p>`
  }`;
}

const toTypedFields = (user: OpenLink["user"]): TypedFields => ({
  login: user.loginUsername ?? user.email ?? "",
  host: user.imapHost ?? "",
  port: String(user.imapPort ?? IMAPS_PORT),
  security: user.imapSecurity ?? "tls",
});

const IMAPS_PORT = 993;

function serverFields(
  form: Words["form"],
  faults: Partial<Record<FieldName, string>>,
  typed: TypedFields,
) {
  return html`${field(
      { name: "host", label: form.host, fault: faults.host },
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
    <select id="security" name="security" ${faultAttributes("security", faults.security)}>
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
}

function field({ name, label, fault }: Field, attributes: Readonly<Record<string, string>>) {
  const all = { id: name, name, required: "", ...attributes };
  return html`<label for="${name}">${label}</label>
    <input${renderAttributes(all)}${faultAttributes(name, fault)} />
    ${faultText(name, fault)}`;
}

/**
 * Returns the attributes that link a field to its error message, so that screen readers read the
 * message with the field (WCAG 2.2, 3.3.1).
 */
const faultAttributes = (name: FieldName, fault: string | undefined) =>
  fault !== undefined &&
  renderAttributes({ "aria-invalid": "true", "aria-describedby": `${name}-fault` });

const faultText = (name: FieldName, fault: string | undefined) =>
  fault !== undefined && html`<p class="wrong" id="${name}-fault">${fault}</p>`;

const renderAttributes = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([attribute, value]) => html` ${attribute}="${value}"`);
