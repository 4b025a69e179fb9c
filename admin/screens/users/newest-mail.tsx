import { api, parseAnswer, until } from "../../api/client.ts";
import { Empty } from "../../parts/lists/empty.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { MailTable } from "../mail-log/mail-table.tsx";

/** Shows the newest entries of the user's mail log. */
export function NewestMail({ id }: { id: string }) {
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
      actions={<a href={`/admin/users/${id}/mail-log`}>Full mail log</a>}
    >
      <ShowLoaded loading={log}>
        {({ mails }) =>
          mails.length === 0 ? <Empty title="No mail seen yet" /> : <MailTable mails={mails} />
        }
      </ShowLoaded>
    </Section>
  );
}
