export const TRACER_HEADER = "X-SuperIMAP-Tracer";

/** A mail as nodemailer takes it. */
export interface TracerMail {
  from: string;
  to: string;
  subject: string;
  headers: Record<string, string>;
  text: string;
}

/** @param tracer.address Of the user, who gets it from himself: its provider takes no other sender. */
export const toTracerMail = (tracer: {
  uid: string;
  address: string;
  signature: string;
}): TracerMail => ({
  from: tracer.address,
  to: tracer.address,
  subject: `TRACER: ${tracer.uid}`,
  headers: {
    [TRACER_HEADER]: tracer.signature,
    // So that no absence note answers it (RFC 3834, 5).
    "Auto-Submitted": "auto-generated",
  },
  text: `SuperIMAP sent this mail to measure how long mail takes. It may be deleted.\n\n${tracer.uid}\n`,
});

/** The uid in the subject of what may be a tracer, or a stranger's mail. */
export const tracerUidOf = (subject: string | null): string | undefined =>
  /^TRACER: ([\w-]{1,64})$/.exec(subject?.trim() ?? "")?.[1];

/** The signature in the lines of the header field, which may be folded on the way (RFC 5322, 2.2.3). */
export function signatureIn(lines: Uint8Array): string | undefined {
  const [, value] = /^x-superimap-tracer:([^]*)$/i.exec(new TextDecoder().decode(lines)) ?? [];
  return value?.replaceAll(/\s/g, "");
}
