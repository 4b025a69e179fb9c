import type { TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import { FieldFrame, type FieldFrameProps } from "./field-frame.tsx";

interface ImageFieldProps extends FieldFrameProps {
  maxKib: number;
}

/** A field to choose an image. The form contains the image in base64, if one is chosen. */
export function ImageField({ name, label, hint, maxKib }: ImageFieldProps) {
  const [image, setImage] = useState<string>();
  const choose = async ({ currentTarget }: TargetedEvent<HTMLInputElement>) => {
    const file = currentTarget.files?.[0];
    const isLarge = (file?.size ?? 0) > maxKib * 1_024;
    currentTarget.setCustomValidity(isLarge ? `Choose an image of at most ${maxKib} KiB.` : "");
    setImage(file && !isLarge ? await toBase64(file) : undefined);
  };
  return (
    <>
      <FieldFrame name={name} label={label} hint={hint}>
        {({ name: _name, ...input }) => (
          <input
            {...input}
            type="file"
            accept="image/png,image/jpeg,image/webp"
            onChange={(event) => void choose(event)}
          />
        )}
      </FieldFrame>
      {image !== undefined && <input type="hidden" name={name} value={image} />}
    </>
  );
}

async function toBase64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
