import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { installDebianPackages } from "../debian/debian-packages.ts";

const CHROMIUM = "/usr/bin/chromium";

/** Installs Debian's Chromium if possible. Returns whether it is there. */
export async function ensureChromium(): Promise<boolean> {
  if (!existsSync(CHROMIUM)) await installDebianPackages(["chromium"]);
  return existsSync(CHROMIUM);
}

/**
 * Starts Chromium. It only opens pages of this machine, so root may run it without the sandbox,
 * which does not work for root.
 */
export const startChromium = () =>
  chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: process.getuid?.() !== 0 });
