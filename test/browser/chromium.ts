/** Set where Chromium cannot be had; its tests are skipped then, but for CI's. */
export const isChromiumMissing =
  process.env["CHROMIUM"] === "unavailable" && process.env["CI"] !== "true";
