import type { Entry } from "./audit-log.tsx";

/** Shows the values before and after a change, and other details. */
export function AuditChange({ entry: { before, after, details } }: { entry: Entry }) {
  const texts = [
    ["before", before],
    ["after", after],
    ["details", details],
  ] as const;
  const known = texts.filter(([, value]) => value !== null && JSON.stringify(value) !== "{}");
  if (known.length === 0) return <span class="muted">–</span>;
  return (
    <dl class="change">
      {known.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>
            <code>{JSON.stringify(value)}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}
