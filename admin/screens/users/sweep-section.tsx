import { useState } from "preact/hooks";
import type { InferResponseType } from "hono/client";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Badge, type Tone } from "../../parts/states/badge.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";

type Sweep = NonNullable<
  InferResponseType<(typeof api.users)[":id"]["sweep"]["$get"], 200>["sweep"]
>;

const UNDER_WAY_MS = 2_000;
const AT_REST_MS = 15_000;

/** Shows the progress of the user's newest sweep. Shows nothing when there was none. */
export function SweepSection({ id, round }: { id: string; round: number }) {
  const [everyMs, setEveryMs] = useState(AT_REST_MS);
  const newest = useLoaded(
    async (signal) => {
      const { sweep } = await parseAnswer(
        api.users[":id"].sweep.$get({ param: { id } }, until(signal)),
      );
      setEveryMs(sweep?.finished_at === null ? UNDER_WAY_MS : AT_REST_MS);
      return sweep;
    },
    { key: `${id} ${round}`, everyMs },
  );
  const { loaded } = newest;
  if (loaded.step === "loading" || (loaded.step === "loaded" && loaded.value === null)) return null;
  return (
    <Section title="Newest sweep">
      <ShowLoaded loading={newest}>
        {(sweep) => sweep && <SweepProgress sweep={sweep} />}
      </ShowLoaded>
    </Section>
  );
}

const STATES: Readonly<Record<Sweep["state"], readonly [tone: Tone, words: string]>> = {
  waiting: ["busy", "waiting for the mailbox"],
  running: ["busy", "running"],
  finished: ["good", "finished"],
  failed: ["bad", "failed"],
};

/**
 * Shows how many mails the sweep has found so far. It shows no percentage, because the total is
 * known only at the end.
 */
function SweepProgress({ sweep }: { sweep: Sweep }) {
  const [tone, words] = STATES[sweep.state];
  return (
    <>
      <p>
        <Badge tone={tone}>{words}</Badge>{" "}
        {sweep.finished_at !== null && <TimeAgo at={sweep.finished_at} />} {sweep.error}
      </p>
      {sweep.finished_at === null && <progress aria-label="The sweep is running" />}
      <Facts
        facts={[
          ["Mail since", <TimeAgo at={sweep.since} />],
          ["Mail until", <TimeAgo at={sweep.until} />],
          ["Found", sweep.found],
          ["To be delivered", sweep.published],
          ["Skipped", sweep.skipped],
          ["Deliver again", sweep.redeliver ? "yes" : "no"],
        ]}
      />
    </>
  );
}
