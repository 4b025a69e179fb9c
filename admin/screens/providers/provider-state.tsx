import { Badge } from "../../parts/states/badge.tsx";
import type { ShownProvider } from "./provider-answer.ts";

/** Shows whether people can connect accounts of this provider. */
export const ProviderState = ({
  provider: { enabled, disabled_reason },
}: {
  provider: Pick<ShownProvider, "enabled" | "disabled_reason">;
}) =>
  enabled ? (
    <Badge tone="good">enabled</Badge>
  ) : (
    <span title={disabled_reason ?? ""}>
      <Badge tone="quiet">disabled</Badge>
    </span>
  );
