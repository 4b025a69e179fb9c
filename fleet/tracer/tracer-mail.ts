export const TRACER_HEADER = "X-SuperIMAP-Tracer";

/** A mail in nodemailer's format. */
export interface TracerMail {
  from: string;
  to: string;
  subject: string;
  headers: Record<string, string>;
  text: string;
}

/**
 * Builds the mail of a tracer.
 *
 * @param tracer.address The user's own address, as sender and recipient. The provider accepts no
 *   other sender.
 */
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
    // Prevents automatic replies (RFC 3834, 5).
    "Auto-Submitted": "auto-generated",
  },
  text: `SuperIMAP sent this mail to measure how long mail takes. It may be deleted.\n\n${tracer.uid}\n`,
});

/**
 * Returns the uid in the subject of a tracer, or undefined. Other mail may have such a subject too,
 * so check the signature.
 */
export const parseTracerUid = (subject: string | null): string | undefined =>
  /^TRACER: ([\w-]{1,64})$/.exec(subject?.trim() ?? "")?.[1];

/**
 * Returns the signature in the lines of the field X-SuperIMAP-Tracer. The field may be folded (RFC
 * 5322, 2.2.3).
 */
export function signatureIn(lines: Uint8Array): string | undefined {
  const [, value] = /^x-superimap-tracer:([^]*)$/i.exec(new TextDecoder().decode(lines)) ?? [];
  return value?.replaceAll(/\s/g, "");
}
