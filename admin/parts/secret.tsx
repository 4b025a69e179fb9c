import { CopyButton } from "./copy-button.tsx";

/** Shows a secret with a button to copy it. The server returns each secret only once. */
export const Secret = ({ label, value }: { label: string; value: string }) => (
  <div class="secret">
    <span>{label}</span>
    <code>{value}</code>
    <CopyButton text={value} />
  </div>
);
