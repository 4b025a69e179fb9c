import { CopyButton } from "./copy-button.tsx";

/** An id with a button to copy it. */
export const CopyableId = ({ id }: { id: string }) => (
  <span class="copyable">
    <code>{id}</code>
    <CopyButton text={id} label={`Copy ${id}`} />
  </span>
);
