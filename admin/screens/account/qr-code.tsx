import { generate } from "lean-qr";
import { toSvgDataURL } from "lean-qr/extras/svg";
import { useMemo } from "preact/hooks";

/** Black on white in any colours: not every camera reads it the other way round. */
export function QrCode({ text }: { text: string }) {
  const url = useMemo(() => toSvgDataURL(generate(text), { on: "black", off: "white" }), [text]);
  return <img class="qr" src={url} alt="QR code of the secret" width="200" height="200" />;
}
