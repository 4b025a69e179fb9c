import { useState } from "preact/hooks";

/** A button that copies a text to the clipboard. */
export function CopyButton({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <button type="button" class="small secondary" onClick={copy}>
      {isCopied ? "Copied" : "Copy"}
    </button>
  );
}
