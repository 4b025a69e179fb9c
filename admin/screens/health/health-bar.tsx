import { useEffect, useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import type { Health } from "./health-answer.ts";
import { type Loading, newestFailure, useLoaded } from "../../parts/use-loaded.ts";

const REFRESH_MS = 15_000;
/** A little longer than the server waits for Postgres. */
const TIMEOUT_MS = 8_000;

/** Loads the open problems, again and again, for the parts around every screen. */
export const useHealth = () =>
  useLoaded((signal) => parseAnswer(api.health.$get({}, until(signal))), {
    key: "health",
    everyMs: REFRESH_MS,
    timeoutMs: TIMEOUT_MS,
  });

/** Returns how many problems somebody should look at; 0 when that is not known. */
export const countOpen = ({ loaded }: Loading<Health>): number =>
  loaded.step === "loaded" ? loaded.value.open : 0;

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

const CAUSES: Readonly<Record<string, string>> = {
  "database-unreachable": "Postgres does not answer.",
  unanswered: "The server does not answer.",
  offline: "The server cannot be reached.",
};

/** Says on every screen that nothing on it can be current, why, and since when. */
export function HealthBar({ health }: { health: Loading<Health> }) {
  const cause = CAUSES[newestFailure(health)?.code ?? ""];
  const isBroken = cause !== undefined;
  const [sinceMs, setSinceMs] = useState(0);
  useEffect(() => setSinceMs(isBroken ? Date.now() : 0), [isBroken]);
  if (!isBroken) return null;
  const isDatabase = cause === CAUSES["database-unreachable"];
  return (
    <div class="note note-bad" role="alert">
      <p>
        <strong>{cause}</strong>{" "}
        {sinceMs > 0 && `Noticed at ${TIME.format(sinceMs)}. What you see is not current. `}
        {isDatabase && (
          <>
            The API answers 503. New mail waits in its mailboxes; what is queued is still delivered.
            See the{" "}
            <a href="/docs/runbook#databaseunreachable" target="_blank">
              runbook
            </a>
            .
          </>
        )}
      </p>
    </div>
  );
}
