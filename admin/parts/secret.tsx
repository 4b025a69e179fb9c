import { CopyButton } from "./copy-button.tsx";

/** A secret that is shown only once. */
export const Secret = ({ label, value }: { label: string; value: string }) => (
  <div class="secret">
    <span>{label}</span>
    <code>{value}</code>
    <CopyButton text={value} />
  </div>
);
