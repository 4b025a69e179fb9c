/** What a person enters on the consent page of the authorization server. */
export interface ConsentChoice {
  email: string;
  refuse?: boolean;
  /** The scopes whose checkboxes the person clears. */
  withoutScopes?: readonly string[];
}

const MAX_REDIRECTS = 10;

/**
 * Opens an authorization URL like a browser, with redirects and cookies, and submits the form.
 * Returns the redirect URL of the client without opening it.
 */
export async function walkConsent(url: string, choice: ConsentChoice): Promise<string> {
  const { origin } = new URL(url);
  const cookies = new Map<string, string>();
  let next: { url: string; form?: URLSearchParams } = { url };
  for (let requests = 0; requests < MAX_REDIRECTS; requests++) {
    const response = await fetch(next.url, {
      redirect: "manual",
      headers: { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") },
      ...(next.form && { method: "POST", body: next.form }),
    });
    keepCookies(cookies, response.headers);
    const location = response.headers.get("location");
    const page = await response.text();
    if (location === null) {
      if (!response.ok || next.form) {
        throw new Error(`Cannot consent: the page was answered ${response.status}`);
      }
      next = { url: next.url, form: fillIn(page, choice) };
      continue;
    }
    const target = new URL(location, next.url);
    if (target.origin !== origin) return target.href;
    next = { url: target.href };
  }
  throw new Error(`Cannot consent: more than ${MAX_REDIRECTS} redirects`);
}

function fillIn(page: string, choice: ConsentChoice): URLSearchParams {
  if (choice.refuse) return new URLSearchParams({ decision: "refuse" });
  const scopes = [...page.matchAll(/type="checkbox" name="scope" value="([^"]+)"/g)]
    .map(([, scope = ""]) => scope)
    .filter((scope) => !choice.withoutScopes?.includes(scope));
  const form = new URLSearchParams({ decision: "allow", account: choice.email });
  for (const scope of scopes) form.append("scope", scope);
  return form;
}

function keepCookies(cookies: Map<string, string>, headers: Headers): void {
  for (const cookie of headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === "") cookies.delete(name);
    else cookies.set(name, value);
  }
}
