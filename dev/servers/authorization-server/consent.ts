import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Provider } from "oidc-provider";
import * as v from "valibot";
import { CONSENT_PAGE_POLICY, consentPage } from "./consent-page.ts";

export interface ConsentDeps {
  provider: Provider;
  accounts(): readonly string[];
}

const requested = v.object({
  client_id: v.string(),
  scope: v.optional(v.string(), ""),
  login_hint: v.optional(v.string()),
});

const decision = v.variant("decision", [
  v.object({ decision: v.literal("refuse") }),
  v.object({
    decision: v.literal("allow"),
    account: v.string(),
    scopes: v.array(v.string()),
  }),
]);

/** Shows the form (GET), or processes it (POST) and redirects the browser. */
export async function answerConsent(
  { provider, accounts }: ConsentDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  const { client_id: clientId, scope, login_hint: hint } = v.parse(requested, params);
  const asked = scope.split(" ");
  if (request.method !== "POST") {
    const scopes = asked.filter((name) => name !== "openid");
    const page = consentPage({ clientId, accounts: accounts(), hint, scopes });
    const type = "text/html; charset=utf-8";
    const headers = { "content-security-policy": CONSENT_PAGE_POLICY, "cache-control": "no-store" };
    return void response.writeHead(200, { "content-type": type, ...headers }).end(page);
  }
  const form = new URLSearchParams(await text(request));
  const fields = { ...Object.fromEntries(form), scopes: form.getAll("scope") };
  const made = v.safeParse(decision, fields);
  if (!made.success) return void response.writeHead(422).end("The form is not complete");
  if (made.output.decision === "refuse") {
    const refusal = { error: "access_denied", error_description: "The user refused" };
    return await provider.interactionFinished(request, response, refusal);
  }
  const { account: accountId, scopes } = made.output;
  if (!accounts().includes(accountId)) return void response.writeHead(422).end("No such account");
  const granted = asked.filter((name) => name === "openid" || scopes.includes(name));
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(granted.join(" "));
  grant.rejectOIDCScope(asked.filter((name) => !granted.includes(name)).join(" "));
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { login: { accountId }, consent });
}
