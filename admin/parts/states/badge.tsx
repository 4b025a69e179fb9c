import type { ComponentChildren } from "preact";

export type Tone = "good" | "busy" | "bad" | "quiet";

/** A state in a word; its colour says no more than the word. */
export const Badge = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
  <span class={`badge badge-${tone}`}>{children}</span>
);
