import type { ComponentChildren } from "preact";

export type Tone = "good" | "busy" | "bad" | "quiet";

/** A state in one word. The color (`tone`) only repeats the meaning of the word. */
export const Badge = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
  <span class={`badge badge-${tone}`}>{children}</span>
);
