import { Badge, type Tone } from "../../parts/states/badge.tsx";
import type { PartnerListItem } from "./partner-answer.ts";

const WORDS: Readonly<
  Record<PartnerListItem["lane"]["state"], readonly [tone: Tone, words: string]>
> = {
  running: ["good", "running"],
  paused: ["busy", "paused"],
  open: ["bad", "breaker open"],
  probing: ["busy", "probing"],
  unreported: ["quiet", "unreported"],
};

interface LaneStateProps {
  partner: Pick<PartnerListItem, "lane" | "ingest_paused_at" | "letters_full_at" | "removed_at">;
}

/** Shows the state of a partner's deliveries in a word or two. */
export function LaneState({ partner }: LaneStateProps) {
  const { lane, ingest_paused_at, letters_full_at, removed_at } = partner;
  if (removed_at !== null) return <Badge tone="bad">being removed</Badge>;
  const [tone, words] = WORDS[lane.state];
  return (
    <span class="badges">
      <Badge tone={tone}>{words}</Badge>
      {ingest_paused_at !== null && <Badge tone="bad">quota full</Badge>}
      {letters_full_at !== null && <Badge tone="bad">no room for dead letters</Badge>}
    </span>
  );
}
