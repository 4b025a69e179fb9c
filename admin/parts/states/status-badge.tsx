import { Badge } from "./badge.tsx";

/** Shows the HTTP status of an answer; `no answer` when it is null. */
export const StatusBadge = ({ status }: { status: number | null }) => (
  <Badge tone={status !== null && status >= 200 && status <= 206 ? "good" : "bad"}>
    {status ?? "no answer"}
  </Badge>
);
