import { api, parseAnswer, until } from "../api/client.ts";
import { kindInWords } from "../parts/states/event-kind.ts";
import { NAVIGATION } from "../frame/menu.ts";

/** Something that was found, and the address of its screen. */
export interface Hit {
  href: string;
  /** What it is, such as `User`. */
  type: string;
  title: string;
  detail: string;
}

/** How many hits of each type are shown. */
const LIMIT = "5";

/** Returns the screens whose title contains the text. */
const findScreens = (text: string): Hit[] =>
  NAVIGATION.flatMap(({ links }) => links)
    .filter(({ title }) => title.toLowerCase().includes(text.trim().toLowerCase()))
    .map(({ title, href }) => ({ href, type: "Screen", title, detail: "" }));

/** Searches screens, users, partners and events. */
export async function findHits(typed: string, signal: AbortSignal): Promise<Hit[]> {
  const text = typed.trim();
  if (text === "") return findScreens(text);
  const ask = until(signal);
  const [{ users }, { partners }, { events }] = await Promise.all([
    parseAnswer(api.users.$get({ query: { text, sort: "tag", limit: LIMIT } }, ask)),
    parseAnswer(api.partners.$get({ query: { name: text.slice(0, 100), limit: LIMIT } }, ask)),
    parseAnswer(api.events.$get({ query: { text, limit: LIMIT } }, ask)),
  ]);
  return [
    ...findScreens(text),
    ...users.map(({ id, tag, email, partner_name }) => ({
      href: `/admin/users/${id}`,
      type: "User",
      title: tag,
      detail: [email, partner_name].filter((part) => part !== null).join(", "),
    })),
    ...partners.map(({ id, name }) => ({
      href: `/admin/partners/${id}`,
      type: "Partner",
      title: name,
      detail: "",
    })),
    ...events.map(({ id, kind, user_tag, message_id, state }) => ({
      href: `/admin/events/${id}`,
      type: "Event",
      title: `${kindInWords(kind)} of ${user_tag}, ${state}`,
      detail: message_id ?? id,
    })),
  ];
}
