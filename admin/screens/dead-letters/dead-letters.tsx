import { useLocation } from "preact-iso";
import { useRef } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { failureIn, useLoaded } from "../../parts/use-loaded.ts";
import { LetterFilters } from "./letter-filters.tsx";
import { LetterGroups } from "./letter-groups.tsx";
import { LetterList } from "./letter-list.tsx";
import { parseLetterQuery } from "./letter-query.ts";
import { JobProgress } from "../../parts/job-progress.tsx";

/** Lists the dead letters, with the reason of the failure and the state of a redelivery. */
export function DeadLettersScreen() {
  const { query: address } = useLocation();
  const page = useCursor();
  const query = parseLetterQuery(address);
  const key = JSON.stringify([query, page.cursor]);
  const { state: _, ...inAnyState } = query;
  const letters = useLoaded(
    async (signal) => {
      const [list, counts] = await Promise.all([
        parseAnswer(
          api["dead-letters"].$get({ query: { ...query, ...page.query } }, until(signal)),
        ),
        parseAnswer(api["dead-letters"].counts.$get({ query: inAnyState }, until(signal))),
      ]);
      return { ...list, counts };
    },
    { key, everyMs: 3_000 },
  );
  const isFiltered = Object.keys(query).length > 0;
  return (
    <Page title="Dead letters">
      {!isFiltered && page.cursor === undefined && <LetterGroups />}
      <LetterFilters query={query} failure={failureIn(letters)} />
      <ShowLoaded loading={letters}>
        {(found) => (
          <>
            <RedeliveryProgress requested={found.counts.requested} />
            {found.letters.length === 0 ? (
              <Empty title="No dead letters">
                <p>
                  {isFiltered
                    ? "Nothing matches. Remove a filter."
                    : "When the last attempt of an event fails, the event is kept here for 30 days. You can read it and redeliver it."}
                </p>
              </Empty>
            ) : (
              <LetterList
                key={key}
                found={found}
                query={query}
                page={page}
                onChanged={letters.reload}
              />
            )}
          </>
        )}
      </ShowLoaded>
    </Page>
  );
}

/**
 * Shows the progress of redeliveries.
 *
 * @param requested How many redeliveries have not ended yet. The highest number since the last 0 is
 * the total of the progress bar.
 */
function RedeliveryProgress({ requested }: { requested: number }) {
  const most = useRef(0);
  most.current = requested === 0 ? 0 : Math.max(most.current, requested);
  if (requested === 0) return null;
  return (
    <JobProgress
      title="Redelivering"
      done={most.current - requested}
      total={most.current}
      unit="letters processed (delivered, or failed again)"
    />
  );
}
