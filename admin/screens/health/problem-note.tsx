import { TimeAgo } from "../../parts/time/time-ago.tsx";
import type { ShownProblem } from "./health-answer.ts";

interface ProblemNoteProps {
  problem: ShownProblem;
  /** Acknowledges the problem or, with hours, mutes it. */
  onMark(key: string, hours?: number): void;
  onUnmark(key: string): void;
}

const TONES = { page: "note-bad", ticket: "note-busy", info: "note-quiet" } as const;

const LINKS: readonly [begin: string, title: string][] = [
  ["/admin/users", "Show the users"],
  ["/admin/partners/", "Go to the partner"],
  ["/admin/partners", "Go to the partners"],
  ["/admin/connections/", "Go to the connection"],
  ["/admin/dead-letters", "Show the dead letters"],
  ["/admin/account", "Go to my account"],
  ["/admin/#fleet", "Show the fleet"],
];

const MUTES = [
  [1, "1 hour"],
  [8, "8 hours"],
  [24, "1 day"],
  [24 * 7, "7 days"],
] as const;

/** Shows one problem: its cause, its effect, its beginning, and where to go. */
export function ProblemNote({ problem, onMark, onUnmark }: ProblemNoteProps) {
  const { key, name, urgency, cause, effect, advice, since, href, runbook, mark } = problem;
  const link = LINKS.find(([begin]) => href.startsWith(begin));
  return (
    <article class={`note problem ${TONES[urgency]}`} aria-label={cause}>
      <div>
        <p>
          <strong>{cause}.</strong> {effect} {advice}
        </p>
        <p class="more">
          Since <TimeAgo at={since} never="just now" />
          {link && <a href={href}>{link[1]}</a>}
          <a href={runbook} target="_blank" aria-label={`Runbook: ${name}`}>
            Runbook
          </a>
          {mark && <Mark mark={mark} />}
        </p>
      </div>
      {mark ? (
        <button type="button" class="small secondary" onClick={() => onUnmark(key)}>
          {mark.kind === "muted" ? "Unmute" : "Undo"}
        </button>
      ) : (
        <div class="actions">
          <button type="button" class="small secondary" onClick={() => onMark(key)}>
            Acknowledge
          </button>
          <details class="mute">
            <summary>Mute</summary>
            {MUTES.map(([hours, words]) => (
              <button
                key={hours}
                type="button"
                class="small secondary"
                onClick={() => onMark(key, hours)}
              >
                for {words}
              </button>
            ))}
          </details>
        </div>
      )}
    </article>
  );
}

const Mark = ({ mark: { kind, by, until } }: { mark: NonNullable<ShownProblem["mark"]> }) => (
  <span>
    {kind === "muted" ? "Muted" : "Acknowledged"} by {by ?? "a former admin"}
    {until !== null && (
      <>
        , ends <TimeAgo at={until} />
      </>
    )}
  </span>
);
