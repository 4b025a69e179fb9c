import { formatDuration } from "../../parts/time/duration.ts";
import { mailWay, type WayOfMail } from "./mail-way.ts";

interface MailWayProps {
  mail: Omit<WayOfMail, "attempts">;
  attempts: WayOfMail["attempts"];
}

/**
 * The format of a step's time. It includes seconds, because the steps are often only seconds apart.
 */
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const MailWaySteps = ({ mail, attempts }: MailWayProps) => (
  <ol class="way">
    {mailWay({ ...mail, attempts }).map(({ title, at, elapsedMs }) => (
      <li key={`${title} ${at}`}>
        <strong>{title}</strong>
        {at !== null && <time dateTime={at}>{EXACT.format(new Date(at))}</time>}
        {elapsedMs !== null && <small class="muted">{formatDuration(elapsedMs)} later</small>}
      </li>
    ))}
  </ol>
);
