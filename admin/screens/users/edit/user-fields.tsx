import type { InferResponseType } from "hono/client";
import type { api } from "../../../api/client.ts";
import { Field } from "../../../parts/forms/field.tsx";
import { SelectField } from "../../../parts/forms/select-field.tsx";
import { SecretField } from "./secret-field.tsx";

export type ShownUser = InferResponseType<(typeof api.users)[":id"]["$get"], 200>;

/**
 * What decides which form fields a user has: the kind of provider, and whether each user has a mail
 * server of its own.
 */
export type UserPlace = Pick<ShownUser, "kind" | "own_host">;

interface UserFieldsProps {
  place: UserPlace;
  /** Undefined for a new user. */
  user?: ShownUser;
}

/** The form fields of a user. `place` decides which of them are shown. */
export const UserFields = ({ place, user }: UserFieldsProps) => (
  <>
    <Field
      name="tag"
      label="Tag"
      hint="The partner's own name for the user."
      value={user?.tag ?? ""}
      autocomplete="off"
      required
    />
    <Field name="email" label="E-mail" value={user?.email ?? ""} autocomplete="off" />
    <Login place={place} user={user} />
    {place.own_host && <Host user={user} />}
  </>
);

type PartProps = Pick<UserFieldsProps, "place"> & { user: ShownUser | undefined };

function Login({ place, user }: PartProps) {
  switch (place.kind) {
    case "plain":
      return (
        <>
          <Field
            name="login_username"
            label="Username"
            hint="The login name at the mail server. A different name means a different account."
            value={user?.login_username ?? ""}
            autocomplete="off"
          />
          <SecretField
            name="login_password"
            label="Password"
            isSet={user?.login_password_set ?? false}
          />
        </>
      );
    case "oauth2":
      return (
        <>
          <TokenUsername user={user} />
          <SecretField
            name="oauth2_refresh_token"
            label="Refresh token"
            hint="Issued for the connection's OAuth client. Without it, the account owner gives access through a connect link."
            isSet={user?.refresh_token_set ?? false}
          />
        </>
      );
    case "oauth1":
      return (
        <>
          <TokenUsername user={user} />
          <p class="muted">The account owner gives access through a connect link.</p>
        </>
      );
  }
}

const TokenUsername = ({ user }: Pick<PartProps, "user">) => (
  <Field
    name="login_username"
    label="Username"
    hint="Only if the login name at the mail server differs from the address."
    value={user?.login_username ?? ""}
    autocomplete="off"
  />
);

const SECURITIES = [
  ["", "default: TLS from the start"],
  ["tls", "TLS from the start"],
  ["starttls", "STARTTLS"],
  ["none", "none: the password is sent unencrypted"],
] as const;

const Host = ({ user }: Pick<PartProps, "user">) => (
  <>
    <Field name="imap_host" label="Host" value={user?.imap_host ?? ""} autocomplete="off" />
    <Field
      name="imap_port"
      label="Port"
      inputmode="numeric"
      hint="Blank: 993 with TLS from the start, otherwise 143."
      value={user?.imap_port?.toString() ?? ""}
      autocomplete="off"
    />
    <SelectField
      name="imap_security"
      label="Security"
      options={SECURITIES}
      value={user?.imap_security ?? ""}
    />
  </>
);
