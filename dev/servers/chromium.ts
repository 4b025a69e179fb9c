import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { installDebianPackages } from "../debian/debian-packages.ts";

const CHROMIUM = "/usr/bin/chromium";

/** Whether Debian's Chromium is there; installs it where that can be done. */
export async function ensureChromium(): Promise<boolean> {
  if (!existsSync(CHROMIUM)) await installDebianPackages(["chromium"]);
  return existsSync(CHROMIUM);
}

/** It only ever sees pages of this machine, so root may do without the sandbox, which refuses root. */
export const startChromium = () =>
  chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: process.getuid?.() !== 0 });
