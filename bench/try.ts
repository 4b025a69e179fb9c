import { startOwnDatabaseStack } from "../test/harness/stacks/database-stack.ts";
import { startEdgeStack } from "../test/harness/stacks/edge-stack.ts";
import { createApiCaller } from "../test/harness/api-caller.ts";
await using stack = await startEdgeStack(await startOwnDatabaseStack());
const p = await stack.newPartner();
const call = createApiCaller(stack.url, p.apiKey);
for (const [m, path, body] of [
  ["POST", "/connections", { imap_provider_code: "PLAIN" }],
  ["GET", "/connections"],
  ["POST", "/connections/PLAIN/users", { tag: "x" }],
  ["GET", "/connections/PLAIN/users/x"],
] as const) {
  const a = await call(m, path, body ? { body } : {});
  console.log(m, path, a.status, a.text.slice(0, 200));
}
console.log((await stack.log()).slice(0, 4000));
