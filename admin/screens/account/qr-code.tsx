import { generate } from "lean-qr";
import { toSvgDataURL } from "lean-qr/extras/svg";
import { useMemo } from "preact/hooks";

/**
 * A QR code. It is black on white even in the dark color scheme, because not every camera reads
 * inverted codes.
 */
export function QrCode({ text }: { text: string }) {
  const url = useMemo(() => toSvgDataURL(generate(text), { on: "black", off: "white" }), [text]);
  return <img class="qr" src={url} alt="QR code of the secret" width="200" height="200" />;
}
