import type { InferRequestType } from "hono/client";
import type { api } from "../../../api/client.ts";
import type { Fields } from "../../../parts/forms/fields.ts";

export type UserInput = InferRequestType<(typeof api.connections)[":id"]["users"]["$post"]>["json"];

/** The form fields for secrets. If a field is empty, the current secret is kept. */
const SECRETS = ["login_password", "oauth2_refresh_token"] as const;
const SECURITIES = ["tls", "starttls", "none"] as const;

/** Converts the form fields of a user to the JSON for the API. */
export function userInput(fields: Fields): UserInput {
  const { tag = "", email, login_username, imap_host } = fields;
  const input: UserInput = { tag };
  if (email !== undefined) input.email = email;
  if (login_username !== undefined) input.login_username = login_username;
  for (const name of SECRETS) {
    if (fields[`${name}_removed`] === "true") input[name] = null;
    else if (fields[name]) input[name] = fields[name];
  }
  if (imap_host !== undefined) input.imap_host = imap_host;
  if (fields["imap_port"]) input.imap_port = fields["imap_port"];
  const security = SECURITIES.find((one) => one === fields["imap_security"]);
  if (security) input.imap_security = security;
  return input;
}
