import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { kindInWords } from "../../parts/states/event-kind.ts";
import { Facts } from "../../parts/facts.tsx";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { UserLink } from "../../parts/states/user-link.tsx";
import { LetterActions } from "./letter-actions.tsx";
import { LetterAttempts } from "./letter-attempts.tsx";
import { LetterDialog } from "./letter-dialog.tsx";
import { LetterMail } from "./letter-mail.tsx";
import type { Letter } from "./letter-query.ts";
import { LetterStateBadge } from "./letter-state-badge.tsx";
import { LetterReason } from "./letter-table.tsx";
import type { LetterTask } from "./letter-task.ts";
import { useMay } from "../../session/use-may.ts";

const CRUMBS = [{ title: "Dead letters", href: "/admin/dead-letters" }];

/** Shows one dead letter: its content, its attempts and its actions. */
export function LetterScreen() {
  const may = useMay();
  const { params } = useRoute();
  const { route } = useLocation();
  const id = params["id"] ?? "";
  const letter = useLoaded(
    (signal) => parseAnswer(api["dead-letters"][":id"].$get({ param: { id } }, until(signal))),
    { key: id, everyMs: 3_000 },
  );
  const [task, setTask] = useState<LetterTask | null>(null);
  const finish = (action: LetterTask["action"]) =>
    action === "delete" ? route("/admin/dead-letters") : letter.reload();
  return (
    <Page title="Dead letter" crumbs={CRUMBS}>
      <ShowLoaded loading={letter}>
        {(found) => (
          <>
            <LetterActions letter={found} onTask={setTask} />
            <section>
              <Facts facts={listFacts(found)} />
            </section>
            {/* Only events of the kind `new_mail` contain a mail. */}
            {found.kind === "new_mail" && may("support") && <LetterMail letter={found} />}
            {may("support") && <LetterAttempts letter={found} />}
          </>
        )}
      </ShowLoaded>
      {task && (
        <LetterDialog
          task={task}
          onClose={() => setTask(null)}
          onDone={() => finish(task.action)}
        />
      )}
    </Page>
  );
}

const listFacts = (letter: Letter) =>
  [
    ["Event", kindInWords(letter.kind)],
    ["State", <LetterStateBadge key="state" letter={letter} />],
    ["Reason", <LetterReason key="reason" letter={letter} />],
    ["Failed", <TimeAgo key="died" at={letter.died_at} />],
    ["Attempts", letter.attempts],
    ["Partner", <PartnerLink key="partner" id={letter.partner_id} name={letter.partner_name} />],
    ["User", <UserLink key="user" id={letter.user_id} tag={letter.user_tag} />],
    ["webhook-id", <EventId key="id" letter={letter} />],
  ] as const;

/** Shows the id of the event as a link to the event's page. An unreadable event has no page. */
const EventId = ({ letter: { id, unreadable } }: { letter: Letter }) =>
  unreadable ? (
    <code>{id}</code>
  ) : (
    <a href={`/admin/events/${id}`}>
      <code>{id}</code>
    </a>
  );
