import type { Page } from "playwright-core";

/**
 * Records errors, warnings and security policy violations of a page, and requests to other origins
 * than `ownOrigin`. Returns the list, to which later records are added.
 */
export async function hearComplaints(page: Page, ownOrigin: string): Promise<readonly string[]> {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!["data:", "blob:"].includes(protocol) && origin !== ownOrigin) {
      complaints.push(request.url());
    }
  });
  await page.exposeFunction("reportViolation", (text: string) => complaints.push(text));
  await page.addInitScript(`document.addEventListener("securitypolicyviolation", (event) =>
    reportViolation(event.violatedDirective + " refuses " + event.blockedURI))`);
  return complaints;
}
