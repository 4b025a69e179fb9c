import { watch } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { toErrorText } from "../../shared/errors.ts";
import { inCheckout } from "../checkout.ts";
import { ensurePages } from "../servers/pages.ts";
import type { Progress } from "../terminal/progress.ts";
import { findReloadedParts, type StackPart, WATCHED_FOLDERS } from "./reloaded-parts.ts";
import type { Stack } from "./stack.ts";

/**
 * The quiet time after a change before the reload: several files that are saved together, or a
 * branch that is checked out, cause one reload.
 */
const QUIET_MS = 300;

/**
 * Restarts edge and fleet, and builds the pages, when one of their files changes. A part that does
 * not start is reported, and started again at the next change. Returns when `signal` aborts.
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
        // SIGKILL avoids the wait for a drain. NATS redelivers the events that the process was
        // handling.
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
