import { html } from "hono/html";
import { withError } from "../callbacks.ts";
import { FAILURES } from "../failures.ts";
import { listTargets, pageResponse } from "../layout.ts";
import type { OpenLink } from "../open-link.ts";
import type { FieldFaults, FieldName, TypedFields } from "./form-fields.ts";

export interface ShownForm {
  status: number;
  /** What is wrong with the form as a whole. */
  problem?: string;
  faults?: FieldFaults;
  /** The values that the person typed before; undefined when the form is new. */
  typed?: TypedFields;
}

/** Shows the form for the login of a mail account. The form POSTs to its own URL. */
export function loginForm(opened: OpenLink, shown: ShownForm): Promise<Response> {
  const { provider, partner, user, callbacks } = opened;
  const { problem, faults = {} } = shown;
  const typed = shown.typed ?? toTypedFields(user);
  const cancel = callbacks.failure;
  return pageResponse({
    status: shown.status,
    title: `Connect ${provider.title}`,
    hasFault: problem !== undefined || Object.keys(faults).length > 0,
    formTargets: listTargets(callbacks.success),
    body: html`<p>
        <bdi>${partner.name}</bdi> wants to receive new mail in this account, including its content.
      </p>
      ${provider.loginHelp && html`<p>${provider.loginHelp}</p>`}
      ${
        provider.loginHelpUrl &&
        html`<p>
          <a href="${provider.loginHelpUrl}" rel="noreferrer">How to get such a password</a>
        </p>`
      }
      ${problem !== undefined && html`<p class="wrong" role="alert">${problem}</p>`}
      <form method="post">
        ${field(
          { name: "login", label: "Login, usually the e-mail address", fault: faults.login },
          {
            value: typed.login,
            autocomplete: "username",
            autocapitalize: "none",
            spellcheck: "false",
          },
        )}
        ${field(
          { name: "password", label: "Password", fault: faults.password },
          {
            type: "password",
            autocomplete: "current-password",
          },
        )}
        ${provider.ownHost && serverFields(faults, typed)}
        <button type="submit">Connect</button>
      </form>
      ${
        cancel !== null &&
        html`<p>
          <a href="${withError(cancel, "access_denied", FAILURES.access_denied)}">Cancel</a>
        </p>`
      }`,
  });
}

const toTypedFields = (user: OpenLink["user"]): TypedFields => ({
  login: user.loginUsername ?? user.email ?? "",
  host: user.imapHost ?? "",
  port: String(user.imapPort ?? IMAPS_PORT),
  security: user.imapSecurity ?? "tls",
});

const IMAPS_PORT = 993;

function serverFields(faults: FieldFaults, typed: TypedFields) {
  return html`${field(
      { name: "host", label: "Mail server (IMAP), such as imap.example.com", fault: faults.host },
      {
        value: typed.host,
        autocapitalize: "none",
        spellcheck: "false",
      },
    )}
    ${field(
      { name: "port", label: "Port", fault: faults.port },
      {
        value: typed.port,
        inputmode: "numeric",
      },
    )}
    <label for="security">Encryption</label>
    <select id="security" name="security" ${faultAttributes("security", faults.security)}>
      ${option("tls", "TLS (usual, port 993)", typed.security)}
      ${option("starttls", "STARTTLS (port 143)", typed.security)}
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
