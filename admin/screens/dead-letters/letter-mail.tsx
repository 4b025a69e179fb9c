import type { InferResponseType } from "hono/client";
import { Fragment } from "preact";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { formatExactTime } from "../../parts/time/exact-time.ts";
import { useLoaded } from "../../parts/use-loaded.ts";
import { formatSize } from "../../parts/format-size.ts";
import { adviceFor } from "./advice-for.ts";
import type { Letter } from "./letter-query.ts";

type Answer = InferResponseType<(typeof api)["dead-letters"][":id"]["mail"]["$get"], 200>;
type Mail = NonNullable<Answer["mail"]>;

/** Shows the mail as text, or why it cannot be shown. The content is never interpreted as HTML. */
export function LetterMail({ letter: { id } }: { letter: Letter }) {
  const asked = useLoaded(
    (signal) => parseAnswer(api["dead-letters"][":id"].mail.$get({ param: { id } }, until(signal))),
    { key: id },
  );
  return (
    <Section title="Mail">
      <ShowLoaded loading={asked}>
        {({ mail, mail_missing }) =>
          mail ? (
            <MailText mail={mail} />
          ) : (
            <div class="note note-busy">
              <p>There is no mail to read: {adviceFor(mail_missing ?? "the reason is unknown")}</p>
            </div>
          )
        }
      </ShowLoaded>
    </Section>
  );
}

const HEADERS = [
  ["Subject", "subject"],
  ["From", "from"],
  ["To", "to"],
] as const;

const MailText = ({ mail }: { mail: Mail }) => (
  <>
    <table class="mail-headers">
      <tbody>
        {HEADERS.map(([title, name]) => (
          <tr key={name}>
            <th scope="row">{title}</th>
            <td>{mail[name] ?? <span class="muted">none</span>}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">Date</th>
          <td>{renderDate(mail.date)}</td>
        </tr>
        {mail.attachments.length > 0 && (
          <tr>
            <th scope="row">Attachments</th>
            <td>
              {mail.attachments.map(({ name, type, size_bytes }, at) => (
                <Fragment key={`${at} ${name ?? ""}`}>
                  {at > 0 && <br />}
                  {name ?? "without a name"}{" "}
                  <span class="muted">
                    {type}, {formatSize(size_bytes)}
                  </span>
                </Fragment>
              ))}
            </td>
          </tr>
        )}
      </tbody>
    </table>
    {mail.text === null ? (
      <p class="muted">It has no text. Download it to see the rest.</p>
    ) : (
      <pre class="mail-text" tabIndex={0} role="region" aria-label="Text of the mail">
        {mail.text}
      </pre>
    )}
  </>
);

/**
 * Shows the date of a mail in the viewer's time zone. A date that cannot be parsed is shown
 * unchanged.
 */
function renderDate(date: string | null) {
  if (date === null) return <span class="muted">none</span>;
  return Number.isNaN(Date.parse(date)) ? date : <span title={date}>{formatExactTime(date)}</span>;
}
