import type { ComponentChildren } from "preact";

export type Tone = "good" | "busy" | "bad" | "quiet";

/** A state in one word. The color has the same meaning as the word. */
export const Badge = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
  <span class={`badge badge-${tone}`}>{children}</span>
);
