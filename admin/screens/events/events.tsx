import { useLocation } from "preact-iso";
import { Page } from "../../frame/page.tsx";
import { chooseOption } from "../../parts/lists/choose-option.ts";
import { LinksBar } from "../../parts/lists/links-bar.tsx";
import { AttemptList } from "./attempt-list.tsx";
import { EventList } from "./event-list.tsx";
import { InFlightList } from "./in-flight-list.tsx";

const VIEWS = [
  ["events", "Events"],
  ["attempts", "Attempts"],
  ["in-flight", "In flight"],
] as const;

/** Searches the events and attempts of all partners. */
export function EventsScreen() {
  const { query } = useLocation();
  // The view was once called `retrying`, and links and saved filters may still say so.
  const view = chooseOption(VIEWS, query["view"] === "retrying" ? "in-flight" : query["view"]);
  const { partner_id = "", user_id = "" } = query;
  const links = VIEWS.map(([name, title]) => {
    const asked = {
      ...(name !== "events" && { view: name }),
      ...(partner_id !== "" && { partner_id }),
      ...(user_id !== "" && name !== "in-flight" && { user_id }),
    };
    const text = new URLSearchParams(asked).toString();
    const href = text === "" ? "/admin/events" : `/admin/events?${text}`;
    return { title, href, isCurrent: view === name };
  });
  return (
    <Page title="Events">
      <LinksBar label="Views" links={links} />
      {view === "events" && <EventList />}
      {view === "attempts" && <AttemptList />}
      {view === "in-flight" && <InFlightList />}
    </Page>
  );
}
