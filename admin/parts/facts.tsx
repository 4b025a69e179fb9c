import type { ComponentChildren } from "preact";

/** A list of names and values. */
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
