import { useState } from "preact/hooks";

interface CopyButtonProps {
  text: string;
  /** What the button does, for a page with several such buttons. */
  label?: string;
}

/** A button that copies a text to the clipboard. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <button
      type="button"
      class="small secondary"
      onClick={copy}
      {...(label !== undefined && !isCopied && { "aria-label": label })}
    >
      {isCopied ? "Copied" : "Copy"}
    </button>
  );
}
