import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { type Crumb, Page } from "../../frame/page.tsx";
import { AttemptExchange } from "./attempt-exchange.tsx";
import { AttemptsTable } from "../../parts/attempts/attempts-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { EventFacts } from "./event-facts.tsx";
import { ResendDialog } from "./resend/resend-dialog.tsx";
import { MailWaySteps } from "./mail-way-steps.tsx";

export type ShownEvent = InferResponseType<(typeof api.events)[":id"]["$get"], 200>;

/** Shows one event: its user, its timeline and its attempts. */
export function EventScreen() {
  const { id = "" } = useRoute().params;
  const [isAsking, setAsking] = useState(false);
  const known = useLoaded((signal) => fetchEvent(id, signal), { key: id, everyMs: 5_000 });
  const { loaded } = known;
  const event = loaded.step === "loaded" ? loaded.value.event : null;
  return (
    <Page
      title={event?.mail ? "Mail" : "Event"}
      crumbs={listCrumbs(event)}
      actions={
        event && (
          <button type="button" class="secondary" onClick={() => setAsking(true)}>
            Resend
          </button>
        )
      }
    >
      {isAsking && (
        <ResendDialog ids={[id]} onClose={() => setAsking(false)} onDone={known.reload} />
      )}
      <ShowLoaded loading={known}>
        {({ event: shown, attempts }) => (
          <>
            <section aria-label="Event">
              <EventFacts event={shown} attempts={attempts} />
            </section>
            {shown.mail && (
              <Section title="Timeline">
                <MailWaySteps mail={shown.mail} attempts={attempts} />
              </Section>
            )}
            <Section title="Attempts">
              {attempts.length === 0 ? (
                <Empty title="No attempts yet" />
              ) : (
                <AttemptsTable attempts={attempts} />
              )}
            </Section>
            {attempts.length > 0 && (
              <Section title="Requests and answers">
                {attempts.map((attempt, index) => (
                  <AttemptExchange key={attempt.number} attempt={attempt} isOpen={index === 0} />
                ))}
              </Section>
            )}
          </>
        )}
      </ShowLoaded>
    </Page>
  );
}

async function fetchEvent(id: string, signal: AbortSignal) {
  const one = api.events[":id"];
  const param = { id };
  const [event, { attempts }] = await Promise.all([
    parseAnswer(one.$get({ param }, until(signal))),
    parseAnswer(one.attempts.$get({ param }, until(signal))),
  ]);
  return { event, attempts };
}

function listCrumbs(event: ShownEvent | null): Crumb[] {
  const all = { title: "Events", href: "/admin/events" };
  if (event === null) return [all];
  return [all, { title: event.user_tag, href: `/admin/events?user_id=${event.user_id}` }];
}
