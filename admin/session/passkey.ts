import { startAuthentication, startRegistration, WebAuthnError } from "@simplewebauthn/browser";
import { api, done, parseAnswer } from "../api/client.ts";
import { Failure } from "../api/failure.ts";
import type { Who } from "./session.tsx";

// Loaded only when a passkey is used: it is not part of the first page's script.

const NEEDS_NAME =
  "Passkeys need a host name: open these pages by their name instead of an IP address";

/** Signs in with a passkey that the person chooses in the browser's dialog. */
export async function signInWithPasskey(): Promise<Who> {
  const optionsJSON = await parseAnswer(api.session.passkey.challenge.$post());
  const credential = await asFailure(startAuthentication({ optionsJSON }));
  const { id, rawId, response } = credential;
  const { clientDataJSON, authenticatorData, signature } = response;
  const json = {
    credential: {
      id,
      rawId,
      type: "public-key" as const,
      response: { clientDataJSON, authenticatorData, signature },
    },
  };
  return parseAnswer(api.session.passkey.$post({ json }));
}

/** Creates a passkey in the browser, and stores it under this name. */
export async function addPasskey(name: string, password: string): Promise<void> {
  const optionsJSON = await parseAnswer(api.passkeys.challenge.$post({ json: { password } }));
  const { id, rawId, response } = await asFailure(startRegistration({ optionsJSON }));
  const { clientDataJSON, attestationObject, transports = [] } = response;
  const credential = {
    id,
    rawId,
    type: "public-key" as const,
    response: { clientDataJSON, attestationObject, transports },
  };
  await done(api.passkeys.$post({ json: { name, credential } }));
}

/** Converts what the browser's dialog rejects with to a failure that the page can show. */
async function asFailure<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw new Failure("page", describe(error), { cause: error });
  }
}

const TEXTS: Readonly<Record<string, string>> = {
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: "This device already has a passkey for your account",
  ERROR_INVALID_DOMAIN: NEEDS_NAME,
  ERROR_INVALID_RP_ID: NEEDS_NAME,
};

const describe = (error: unknown): string =>
  (error instanceof WebAuthnError && TEXTS[error.code]) ||
  "The browser did not use a passkey: it was cancelled, timed out, or there is none for this site";
