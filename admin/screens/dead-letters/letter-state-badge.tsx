import { Badge, type Tone } from "../../parts/states/badge.tsx";
import { type Letter, type ShownLetterState as State, STATE_WORDS } from "./letter-query.ts";

const TONES: Readonly<Record<State, Tone>> = {
  waiting: "bad",
  requested: "busy",
  redelivered: "good",
};

export const LetterStateBadge = ({ letter }: { letter: Letter }) => (
  <div>
    <Badge tone={TONES[letter.state]}>{STATE_WORDS[letter.state]}</Badge>
    {letter.unreadable && <Badge tone="quiet">cannot be read</Badge>}
  </div>
);

/** Whether a redelivery of the letter is possible. */
export const isRedeliverable = ({ state, unreadable }: Letter): boolean =>
  state === "waiting" && !unreadable;
