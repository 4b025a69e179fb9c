import type { InferResponseType } from "hono/client";
import { useRoute } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { type Crumb, Page } from "../../frame/page.tsx";
import { AttemptExchange } from "./attempt-exchange.tsx";
import { AttemptsTable } from "../../parts/lists/attempts-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { EventFacts } from "./event-facts.tsx";
import { MailWaySteps } from "./mail-way-steps.tsx";

export type ShownEvent = InferResponseType<(typeof api.events)[":id"]["$get"], 200>;

/** Shows one event: its user, its timeline and its attempts. */
export function EventScreen() {
  const { id = "" } = useRoute().params;
  const known = useLoaded((signal) => fetchEvent(id, signal), { key: id, everyMs: 5_000 });
  const { loaded } = known;
  const event = loaded.step === "loaded" ? loaded.value.event : null;
  return (
    <Page title={event?.mail ? "Mail" : "Event"} crumbs={listCrumbs(event)}>
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
  const users = { title: "Users", href: "/admin/users" };
  if (event === null) return [users];
  const href = `/admin/users/${event.user_id}`;
  const user = { title: event.user_tag, href };
  return [users, user, ...(event.mail ? [{ title: "Mail log", href: `${href}/mail-log` }] : [])];
}
