import { chromium } from "playwright-core";
import { CHROMIUM } from "../../dev/chromium.ts";

/** Set where Chromium cannot be had; its tests are skipped then, but for CI's. */
export const isChromiumMissing =
  process.env["CHROMIUM"] === "unavailable" && process.env["CI"] !== "true";

/** It only ever sees pages of this machine, so root may do without the sandbox, which refuses root. */
export const startChromium = () =>
  chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: process.getuid?.() !== 0 });
