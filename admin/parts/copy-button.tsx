import { useState } from "preact/hooks";

/** Puts a text where it can be pasted from. */
export function CopyButton({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <button type="button" class="small secondary" onClick={copy}>
      {isCopied ? "Copied" : "Copy"}
    </button>
  );
}
