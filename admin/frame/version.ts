const TIMEOUT_MS = 10_000;
/** The time within which the page reloads only once, so that it cannot reload in a loop. */
const RELOAD_EVERY_MS = 60_000;
const KEY = "reloaded-at";

/**
 * Compares this page with the one that the server has now. It is another version if its HTML does
 * not name this page's script, whose name contains a hash. `unknown` if the server does not answer.
 */
export async function compareVersion(): Promise<"same" | "other" | "unknown"> {
  const script = document.querySelector<HTMLScriptElement>("script[type=module][src]");
  if (!script) return "unknown";
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(location.href, { cache: "no-store", signal });
    if (!answer.ok) return "unknown";
    return (await answer.text()).includes(new URL(script.src).pathname) ? "same" : "other";
  } catch {
    return "unknown";
  }
}

/** Reloads the page, unless this happened within the last minute. */
export function reloadOnce(): void {
  const before = Number(sessionStorage.getItem(KEY) ?? 0);
  if (Date.now() - before < RELOAD_EVERY_MS) return;
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
}
