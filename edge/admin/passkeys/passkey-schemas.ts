import * as v from "valibot";

/** Base64url without padding, as browsers send it (WebAuthn Level 3, 5.1.8). */
const base64url = (max: number) =>
  v.pipe(
    v.string("must be a string"),
    v.maxLength(max, `must be at most ${max} characters long`),
    v.regex(/^[\w-]+$/, "must be base64url"),
  );

/** The longest credential id is 1,023 bytes (WebAuthn Level 3, 4). */
const credentialId = base64url(1_364);
const clientData = base64url(4_000);
const common = { id: credentialId, rawId: credentialId, type: v.literal("public-key") };
const transport = v.picklist([
  "ble",
  "cable",
  "hybrid",
  "internal",
  "nfc",
  "smart-card",
  "usb",
] as const);

/** What the browser sends after it created a passkey. Fields that are not needed are ignored. */
export const newCredential = v.object({
  ...common,
  response: v.object({
    clientDataJSON: clientData,
    attestationObject: base64url(16_000),
    /** Transports that are not known are ignored. */
    transports: v.optional(
      v.pipe(
        v.array(v.string(), "must be a list"),
        v.maxLength(20, "must have at most 20 entries"),
        v.transform((names) => names.filter((name) => v.is(transport, name))),
      ),
      [],
    ),
  }),
});

/** What the browser sends after a passkey signed a challenge. */
export const signedChallenge = v.object({
  ...common,
  response: v.object({
    clientDataJSON: clientData,
    authenticatorData: base64url(4_000),
    signature: base64url(2_000),
  }),
});

export type NewCredential = v.InferOutput<typeof newCredential>;
export type SignedChallenge = v.InferOutput<typeof signedChallenge>;
