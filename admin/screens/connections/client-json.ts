import type { Fields } from "../../parts/forms/fields.ts";
import type { ShownConnection } from "./connection-answer.ts";

/** Converts the form fields of an OAuth client to the JSON for the API. */
export function clientJson(kind: ShownConnection["kind"], fields: Fields) {
  switch (kind) {
    case "plain":
      return {};
    case "oauth2": {
      const secret = readSecret(fields, "oauth2_client_secret");
      return {
        oauth2_client_id: fields["oauth2_client_id"] ?? "",
        ...(secret !== undefined && { oauth2_client_secret: secret }),
      };
    }
    case "oauth1": {
      const secret = readSecret(fields, "oauth1_consumer_secret");
      return {
        oauth1_consumer_key: fields["oauth1_consumer_key"] ?? "",
        ...(secret !== undefined && { oauth1_consumer_secret: secret }),
      };
    }
  }
}

/**
 * Returns the new secret, or null to delete the current secret. If the field is empty, returns
 * undefined: the current secret is kept.
 */
function readSecret(fields: Fields, name: string): string | null | undefined {
  if (fields["forget_secret"] === "true") return null;
  return fields[name] === "" ? undefined : fields[name];
}
