import type { ComponentChildren } from "preact";

/** What is known of one thing: names and values. */
export const Facts = ({
  facts,
}: {
  facts: readonly (readonly [title: string, value: ComponentChildren])[];
}) => (
  <dl class="facts">
    {facts.map(([title, value]) => (
      <div key={title}>
        <dt>{title}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
