import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { UserStateBadge } from "../../parts/states/user-state-badge.tsx";
import { StateHistory } from "./state-history.tsx";
import { SweepSection } from "./sweep-section.tsx";
import { UserActions } from "./user-actions.tsx";
import { UserDialog, type UserTask } from "./edit/user-dialog.tsx";
import { UserFacts } from "./user-facts.tsx";
import type { ShownUser } from "./edit/user-fields.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Section } from "../../parts/section.tsx";
import { MailTable } from "../events/mail-table.tsx";
import { useMay } from "../../session/use-may.ts";

const CRUMBS = [{ title: "Users", href: "/admin/users" }];

/** Shows one user: its state, its data and its actions. */
export function UserScreen() {
  const { id = "" } = useRoute().params;
  const user = useLoaded(
    (signal) => parseAnswer(api.users[":id"].$get({ param: { id } }, until(signal))),
    { key: id, everyMs: 5_000 },
  );
  const { loaded } = user;
  const shown = (
    <ShowLoaded loading={user}>
      {(value) => <User key={id} user={value} onChanged={user.reload} />}
    </ShowLoaded>
  );
  if (loaded.step === "loaded") return shown;
  return (
    <Page title="User" crumbs={CRUMBS}>
      {shown}
    </Page>
  );
}

function User({ user, onChanged }: { user: ShownUser; onChanged(): void }) {
  const may = useMay();
  const [task, setTask] = useState<UserTask | null>(null);
  const [round, setRound] = useState(0);
  const changed = () => {
    setRound(round + 1);
    onChanged();
  };
  return (
    <Page title={user.tag} crumbs={CRUMBS} actions={<UserActions user={user} onChoose={setTask} />}>
      <section aria-label="State">
        <p>
          <UserStateBadge state={user.state} /> <TimeAgo at={user.state_changed_at} />.{" "}
          {user.state_text}
        </p>
        <UserFacts user={user} />
      </section>
      <SweepSection id={user.id} round={round} />
      {may("support") && <NewestMail id={user.id} />}
      <StateHistory user={user} />
      {task && (
        <UserDialog task={task} user={user} onChanged={changed} onClose={() => setTask(null)} />
      )}
    </Page>
  );
}

/** Shows the newest entries of the user's mail log. */
function NewestMail({ id }: { id: string }) {
  const log = useLoaded(
    (signal) => {
      const query = { limit: "5" };
      const list = api.users[":id"]["mail-log"];
      return parseAnswer(list.$get({ param: { id }, query }, until(signal)));
    },
    { key: id, everyMs: 10_000 },
  );
  return (
    <Section
      title="Newest mail"
      actions={
        <>
          <a href={`/admin/traffic?user_id=${id}`}>Traffic</a>{" "}
          <a href={`/admin/events?user_id=${id}`}>All events</a>
        </>
      }
    >
      <ShowLoaded loading={log}>
        {({ mails }) =>
          mails.length === 0 ? <Empty title="No mail seen yet" /> : <MailTable mails={mails} />
        }
      </ShowLoaded>
    </Section>
  );
}
