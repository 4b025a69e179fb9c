import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { installDebianPackages } from "../debian/debian-packages.ts";

const CHROMIUM = "/usr/bin/chromium";

/**
 * Installs Debian's Chromium if it is missing and can be installed. Returns whether it is
 * installed.
 */
export async function ensureChromium(): Promise<boolean> {
  if (!existsSync(CHROMIUM)) await installDebianPackages(["chromium"]);
  return existsSync(CHROMIUM);
}

/**
 * Starts Chromium. The sandbox does not work for root, so root runs Chromium without it. This is
 * safe because Chromium opens only pages of this machine.
 */
export const startChromium = () =>
  chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: process.getuid?.() !== 0 });
