import type { Fields } from "../../parts/forms/fields.ts";
import type { Connection } from "./connection-answer.ts";

/** What the form of an OAuth client says, as the API takes it. */
export function clientJson(kind: Connection["kind"], fields: Fields) {
  switch (kind) {
    case "plain":
      return {};
    case "oauth2": {
      const secret = secretOf(fields, "oauth2_client_secret");
      return {
        oauth2_client_id: fields["oauth2_client_id"] ?? "",
        ...(secret !== undefined && { oauth2_client_secret: secret }),
      };
    }
    case "oauth1": {
      const secret = secretOf(fields, "oauth1_consumer_secret");
      return {
        oauth1_consumer_key: fields["oauth1_consumer_key"] ?? "",
        ...(secret !== undefined && { oauth1_consumer_secret: secret }),
      };
    }
  }
}

/** Null: it is given up. Undefined, of a blank field: the one that is there stays. */
function secretOf(fields: Fields, name: string): string | null | undefined {
  if (fields["forget_secret"] === "true") return null;
  return fields[name] === "" ? undefined : fields[name];
}
