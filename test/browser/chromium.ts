/** True if the tests that need Chromium are skipped. In CI, they are never skipped. */
export const isChromiumMissing =
  process.env["CHROMIUM"] === "unavailable" && process.env["CI"] !== "true";
