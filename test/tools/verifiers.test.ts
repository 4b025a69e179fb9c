import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as v from "valibot";
import { expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { verifierCases } from "./verifier-cases.ts";
import {
  findSnippet,
  isOnMachine,
  LANGUAGES,
  runVerifier,
  withClient,
} from "./verifier-languages.ts";

const page = await readFile(inCheckout("docs", "webhooks.md"), "utf8");

const areThere = await Promise.all(LANGUAGES.map(isOnMachine));
const languages = LANGUAGES.filter((_, i) => areThere[i]);
for (const { name, command } of LANGUAGES.filter((_, i) => !areThere[i])) {
  console.log(`The verifier in ${name} is not tried: ${command} is not on this machine`);
}

test.each(languages)(
  "the verifier in $name says the right thing of each request",
  async (language) => {
    await using folder = await temporaryFolder();
    const cases = verifierCases();
    const snippet = findSnippet(page, language.fence);
    const verdicts = await runVerifier(language, snippet, { folder: folder.path, cases });
    expect(cases.map(({ what }, i) => [what, verdicts[i]])).toEqual(
      cases.map(({ what, expected }) => [what, expected]),
    );
  },
);

const verifier = v.object({ receive: v.function() });

test("the TypeScript verifier answers 200 if both signatures are right, otherwise 400", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "receive.ts");
  await writeFile(file, withClient(findSnippet(page, "ts")));
  const { receive } = v.parse(verifier, await import(pathToFileURL(file).href));
  for (const { what, body, headers, secrets, apiKeys, expected } of verifierCases()) {
    // fetch() rejects header values with characters above U+00FF.
    if (Object.values(headers).some((value) => /[^\0-\u00ff]/.test(value))) continue;
    const request = new Request("https://partner.test/", { method: "POST", body, headers });
    const answer: unknown = await receive(request, { secrets, apiKeys });
    expect([what, answer]).toMatchObject([what, { status: expected.includes(false) ? 400 : 200 }]);
  }
});
