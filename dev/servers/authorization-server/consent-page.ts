import { createHash } from "node:crypto";
import { MAIL_SCOPE } from "./settings.ts";

export interface ConsentRequest {
  clientId: string;
  accounts: readonly string[];
  /** The account that the client expects, if it gave one (`login_hint`). */
  hint: string | undefined;
  /** The scopes that the person can allow or refuse. */
  scopes: readonly string[];
}

const MEANINGS: Readonly<Record<string, string>> = {
  email: "See your e-mail address",
  profile: "See your name and your groups",
  offline_access: "Keep this access while you are away",
  [MAIL_SCOPE]: "Read your mail",
};

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 30rem; padding: 2rem 1.25rem; font: 16px/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #18181b); color: light-dark(#18181b, #f4f4f5); }
h1 { font-size: 1.25rem; }
fieldset { margin: 1.25rem 0; padding: .75rem 1rem; border: 1px solid light-dark(#71717a, #a1a1aa); border-radius: .375rem; }
label { display: block; padding: .25rem 0; }
button { margin-right: .5rem; padding: .5rem 1rem; font: inherit; border: 1px solid currentColor; border-radius: .375rem; }
button[value=allow] { background: light-dark(#18181b, #f4f4f5); color: light-dark(#fff, #18181b); }
`;

/** The page's Content-Security-Policy: it allows only the page's own style, and no scripts. */
export const CONSENT_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; frame-ancestors 'none'`;

/** Renders a form with the accounts, the permissions and two buttons. */
export function consentPage({ clientId, accounts, hint, scopes }: ConsentRequest): string {
  const chosen = accounts.find((account) => account === hint) ?? accounts[0];
  const accountInputs = accounts.map(
    (account) =>
      `<label><input type="radio" name="account" value="${escape(account)}" required${account === chosen ? " checked" : ""}> ${escape(account)}</label>`,
  );
  const scopeInputs = scopes.map(
    (scope) =>
      `<label><input type="checkbox" name="scope" value="${escape(scope)}" checked> ${escape(MEANINGS[scope] ?? scope)}</label>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Demo provider: allow access?</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(clientId)} asks for access to your mail</h1>
<p>This is the demo provider. Nobody asks for a password here.</p>
<form method="post">
<fieldset><legend>Your account</legend>${accountInputs.join("")}</fieldset>
<fieldset><legend>What you allow</legend>${scopeInputs.join("")}</fieldset>
<button name="decision" value="allow">Allow</button>
<button name="decision" value="refuse" formnovalidate>Refuse</button>
</form>
</main>
</body>
</html>
`;
}

const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
