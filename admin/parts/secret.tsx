import { CopyButton } from "./copy-button.tsx";
import { useKeepSecret } from "./forms/keeps-secret.ts";

/**
 * Shows a secret with a button to copy it. The server returns each secret only once, so the dialog
 * around it asks before it closes.
 */
export function Secret({ label, value }: { label: string; value: string }) {
  useKeepSecret();
  return (
    <div class="secret">
      <span>{label}</span>
      <code>{value}</code>
      <CopyButton text={value} />
    </div>
  );
}
