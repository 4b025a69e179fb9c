import { sha256Hex } from "../../shared/secrets/sha256.ts";
import { isFields, withoutApiKey } from "./body.ts";

/**
 * Returns a hash of the request's meaning. It does not depend on the order of fields and
 * parameters, on the encoding of the body, or on the API key.
 */
export async function computeFingerprint(
  method: string,
  url: string,
  body: unknown,
): Promise<string> {
  const { pathname, searchParams } = new URL(url);
  searchParams.delete("api_key");
  searchParams.sort();
  const asked = [method, pathname, searchParams.toString(), inOrder(withoutApiKey(body))];
  return sha256Hex(JSON.stringify(asked));
}

const inOrder = (body: unknown) =>
  isFields(body) ? Object.entries(body).toSorted(([a], [b]) => (a < b ? -1 : 1)) : body;
