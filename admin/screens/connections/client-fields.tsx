import { CheckField } from "../../parts/forms/check-field.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { findClientId } from "./client-state.tsx";
import type { ShownConnection } from "./connection-answer.ts";

const FIELDS = {
  oauth2: {
    id: { name: "oauth2_client_id", label: "Client id" },
    secret: { name: "oauth2_client_secret", label: "Client secret" },
  },
  oauth1: {
    id: { name: "oauth1_consumer_key", label: "Consumer key" },
    secret: { name: "oauth1_consumer_secret", label: "Consumer secret" },
  },
} as const;

interface ClientFieldsProps {
  kind: ShownConnection["kind"];
  /** Undefined when the connection is new. */
  connection?: ShownConnection;
}

/** The form fields for the partner's OAuth client at the provider. */
export function ClientFields({ kind, connection }: ClientFieldsProps) {
  if (kind === "plain") {
    return (
      <p class="muted">
        Nothing to set. Each user has its own login and password, entered by the account owner or
        set by the partner.
      </p>
    );
  }
  const { id, secret } = FIELDS[kind];
  const isSet = connection?.secret_set === true;
  return (
    <>
      <Field
        {...id}
        hint={
          <>
            From the application that you registered at the provider, with the redirect URI{" "}
            <code>{redirectUri(kind)}</code>
          </>
        }
        value={(connection && findClientId(connection)) ?? ""}
        autocomplete="off"
      />
      <Field
        {...secret}
        type="password"
        hint={
          isSet
            ? "Set. Leave blank to keep it; a new value replaces it."
            : "Not set. It is stored encrypted and never shown."
        }
        autocomplete="new-password"
      />
      {isSet && (
        <CheckField
          name="forget_secret"
          label="Delete the secret"
          hint="Without it nobody can connect an account, and access tokens are not renewed."
        />
      )}
    </>
  );
}

const redirectUri = (kind: "oauth2" | "oauth1") => `${location.origin}/${kind}/callback`;
