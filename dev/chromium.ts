import { existsSync } from "node:fs";
import { installDebianPackages } from "./debian-packages.ts";

export const CHROMIUM = "/usr/bin/chromium";

/** Whether Debian's Chromium is there; installs it where that can be done. */
export async function ensureChromium(): Promise<boolean> {
  if (!existsSync(CHROMIUM)) await installDebianPackages(["chromium"]);
  return existsSync(CHROMIUM);
}
