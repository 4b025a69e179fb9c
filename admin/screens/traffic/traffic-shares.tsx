import { api, parseAnswer, until } from "../../api/client.ts";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { Badge } from "../../parts/states/badge.tsx";
import { formatDuration } from "../../parts/time/duration.ts";
import { useLoaded } from "../../parts/use-loaded.ts";
import { formatRate } from "./format-rate.ts";
import type { ChartRange, ShownShare } from "./traffic-answer.ts";

const NUMBER = new Intl.NumberFormat();
/** A success rate below this is marked. */
const LEAST_SUCCESS = 0.99;

const TITLES = { partner: "Partners by success", provider: "Providers by success" } as const;

interface SharesProps {
  by: keyof typeof TITLES;
  range: ChartRange;
}

/** Lists the partners or providers with attempts, the least successful first. */
export function TrafficShares({ by, range }: SharesProps) {
  const shares = useLoaded(
    (signal) => parseAnswer(api.traffic.shares.$get({ query: { by, range } }, until(signal))),
    { key: `${by} ${range}`, everyMs: 30_000 },
  );
  return (
    <Section title={TITLES[by]}>
      <ShowLoaded loading={shares}>
        {({ shares: rows, has_more }) => (
          <>
            <p class="muted">{summary(rows, by, has_more)}</p>
            {rows.length > 0 && (
              <DataTable
                caption={TITLES[by]}
                columns={columns(by, range)}
                rows={rows}
                toKey={({ id }) => id}
              />
            )}
          </>
        )}
      </ShowLoaded>
    </Section>
  );
}

function summary(rows: readonly ShownShare[], by: SharesProps["by"], hasMore: boolean): string {
  if (rows.length === 0) return "No webhooks were sent in this time.";
  const low = rows.filter(({ success_rate }) => (success_rate ?? 1) < LEAST_SUCCESS).length;
  const lowText = `${NUMBER.format(low)} ${low === 1 ? by : `${by}s`} below ${formatRate(LEAST_SUCCESS)}.`;
  return hasMore ? `${lowText} Only the first ${rows.length} are listed.` : lowText;
}

const columns = (by: SharesProps["by"], range: ChartRange): readonly Column<ShownShare>[] => [
  {
    title: by === "partner" ? "Partner" : "Provider",
    cell: ({ id, name }) => <a href={`/admin/traffic?range=${range}&${by}_id=${id}`}>{name}</a>,
  },
  {
    title: "Success",
    isNumber: true,
    cell: ({ success_rate }) =>
      success_rate !== null && success_rate < LEAST_SUCCESS ? (
        <Badge tone="bad">{formatRate(success_rate)}</Badge>
      ) : (
        formatRate(success_rate ?? 1)
      ),
  },
  { title: "Attempts", isNumber: true, cell: ({ attempts }) => NUMBER.format(attempts) },
  { title: "Failed", isNumber: true, cell: ({ failed }) => NUMBER.format(failed) },
  { title: "Mails", isNumber: true, cell: ({ mails }) => NUMBER.format(mails) },
  { title: "p50", isNumber: true, cell: (row) => duration(row.latency_p50_ms) },
  { title: "p99", isNumber: true, cell: (row) => duration(row.latency_p99_ms) },
];

const duration = (ms: number | null) =>
  ms === null ? <span class="muted">–</span> : formatDuration(ms);
