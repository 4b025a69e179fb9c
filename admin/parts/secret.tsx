import { useState } from "preact/hooks";

/** A secret that is shown this once. */
export function Secret({ label, value }: { label: string; value: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(value).then(() => setCopied(true));
  return (
    <div class="secret">
      <span>{label}</span>
      <code>{value}</code>
      <button type="button" class="small secondary" onClick={copy}>
        {isCopied ? "Copied" : "Copy"}
      </button>
    </div>
  );
}
