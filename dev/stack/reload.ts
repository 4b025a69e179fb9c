import { watch } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { toErrorText } from "../../shared/errors.ts";
import { inCheckout } from "../checkout.ts";
import { ensurePages } from "../servers/pages.ts";
import type { Progress } from "../terminal/progress.ts";
import { findReloadedParts, type StackPart, WATCHED_FOLDERS } from "./reloaded-parts.ts";
import type { Stack } from "./stack.ts";

/**
 * The delay between a change and the reload. Several files that change together, for example at a
 * git checkout, cause only one reload.
 */
const QUIET_MS = 300;

/**
 * Restarts the edge or the fleet, or builds the pages, when their files change. If a part does not
 * start, prints the error; the next change tries again. Returns when `signal` aborts.
 */
export async function reloadOnChange(
  { programs }: Pick<Stack, "programs">,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const changed = new Set<StackPart>();
  let reloading: Promise<void> | undefined;

  const reload = async () => {
    while (changed.size > 0) {
      await delay(QUIET_MS);
      const parts = [...changed];
      changed.clear();
      for (const part of parts) await reloadPart(part);
    }
    reloading = undefined;
  };
  const reloadPart = async (part: StackPart) => {
    try {
      await progress.step(`Reloaded: ${part}`, async () => {
        if (part === "pages") await ensurePages();
        // SIGKILL avoids waiting until the fleet has handed over its work. NATS redelivers the
        // events that the fleet was handling.
        await programs[part === "fleet" ? "fleet" : "edge"].restart("SIGKILL");
      });
    } catch (error) {
      if (!signal.aborted) progress.say(toErrorText(error));
    }
  };

  const watchFolder = async (folder: string) => {
    try {
      for await (const { filename } of watch(inCheckout(folder), { recursive: true, signal })) {
        for (const part of findReloadedParts(`${folder}/${filename ?? ""}`)) changed.add(part);
        if (changed.size > 0) reloading ??= reload();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
  await Promise.all(WATCHED_FOLDERS.map(watchFolder));
  await reloading;
}
