import { sha256Of } from "../../shared/secrets/sha256.ts";
import { isFields, withoutApiKey } from "./body.ts";

/**
 * The same for two requests that ask for the same: the order of fields and parameters does not
 * matter, nor how the body was encoded, nor with which of its keys the partner asks.
 */
export async function fingerprintOf(method: string, url: string, body: unknown): Promise<string> {
  const { pathname, searchParams } = new URL(url);
  searchParams.delete("api_key");
  searchParams.sort();
  const asked = [method, pathname, searchParams.toString(), inOrder(withoutApiKey(body))];
  return sha256Of(JSON.stringify(asked));
}

const inOrder = (body: unknown) =>
  isFields(body) ? Object.entries(body).toSorted(([a], [b]) => (a < b ? -1 : 1)) : body;
