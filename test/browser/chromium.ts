/** Whether the tests that need Chromium are skipped: on machines without it, but never in CI. */
export const isChromiumMissing =
  process.env["CHROMIUM"] === "unavailable" && process.env["CI"] !== "true";
