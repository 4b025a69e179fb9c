/** Set on machines without Chromium. Its tests are skipped there, but never in CI. */
export const isChromiumMissing =
  process.env["CHROMIUM"] === "unavailable" && process.env["CI"] !== "true";
