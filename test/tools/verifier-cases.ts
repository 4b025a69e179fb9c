import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { newWebhookSecret } from "../../shared/secrets/signatures.ts";

/**
 * A request that a partner receives, the partner's secrets, and the results that a verifier must
 * return.
 */
export interface VerifierCase {
  what: string;
  body: string;
  headers: Record<string, string>;
  secrets: string[];
  apiKeys: string[];
  /** Whether the signatures in the headers and in the body are valid. */
  expected: [headers: boolean, body: boolean];
}

const SECRETS = { old: newWebhookSecret(), new: newWebhookSecret(), other: newWebhookSecret() };
const API_KEY = "sk_receiver";
const ID = "evt_1UHnSTQkiL2xMqXvPEnhqZwEbtfN";

/**
 * Returns a signed request. The signatures are made with code that is not ours: the library of
 * Standard Webhooks, and node:crypto.
 */
function request({ agedS = 0, secrets = [SECRETS.old], body = "" } = {}) {
  const at = new Date(Date.now() - agedS * 1_000);
  const timestamp = Math.floor(at.getTime() / 1_000);
  const whole = body || mailBody(timestamp);
  const signatures = secrets.map((secret) => new Webhook(secret).sign(ID, at, whole));
  return {
    body: whole,
    headers: {
      "webhook-id": ID,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signatures.join(" "),
    },
  };
}

function mailBody(timestamp: number): string {
  const sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
  const signature = createHmac("sha256", API_KEY).update(`${timestamp}${sha1}`).digest("hex");
  const fields = { timestamp, sha1, imap_provider_code: "PLAIN", user_tag: "Zoë ✓", signature };
  return JSON.stringify({
    ...fields,
    envelope: null,
    rfc822: "Subject: Gr\ufffd\ufffde\r\n\r\n\u2028",
  });
}

type Changed = Partial<Omit<VerifierCase, "what" | "expected">>;

const one = (
  what: string,
  expected: VerifierCase["expected"],
  changed: Changed = {},
): VerifierCase => ({
  what,
  expected,
  ...request(),
  secrets: [SECRETS.old],
  apiKeys: [API_KEY],
  ...changed,
});

/** Returns a signed request whose headers were changed after signing. */
function withHeaders(change: (headers: ReturnType<typeof request>["headers"]) => object): Changed {
  const { body, headers } = request();
  return { body, headers: { ...headers, ...change(headers) } };
}

/** Returns a signed request whose body was changed after signing. */
function withBody(change: (body: string) => string): Changed {
  const { body, headers } = request();
  return { body: change(body), headers };
}

const both = { secrets: [SECRETS.old, SECRETS.new] };
const findSignature = (body: string) => /"signature":"(\w+)"/.exec(body)?.[1] ?? "";

/** Bodies without a valid signature in them. The signature in the headers is valid. */
const UNSIGNED = [
  "no JSON",
  "[]",
  "null",
  '"text"',
  "{}",
  '{"timestamp":1,"sha1":"5"}',
  '{"timestamp":1,"sha1":"5","signature":null}',
  '{"timestamp":1,"sha1":"5","signature":6}',
  '{"timestamp":1,"sha1":"5","signature":"ü"}',
];

export const verifierCases = (): VerifierCase[] => [
  one("a good one", [true, true]),
  one("4 minutes old", [true, true], request({ agedS: 240 })),
  one("4 minutes early", [true, true], request({ agedS: -240 })),
  one("6 minutes old", [false, true], request({ agedS: 360 })),
  one("6 minutes early", [false, true], request({ agedS: -360 })),

  one("rotating, and only the old secret is known", [true, true], request(both)),
  one("rotating, and only the new secret is known", [true, true], {
    ...request(both),
    secrets: [SECRETS.new],
  }),
  one("rotated, and both secrets are known", [true, true], {
    ...request({ secrets: [SECRETS.new] }),
    ...both,
  }),
  one(
    "rotated, and only the old secret is known",
    [false, true],
    request({ secrets: [SECRETS.new] }),
  ),
  one("of another secret", [false, true], { secrets: [SECRETS.other] }),
  one("no secret is known", [false, true], { secrets: [] }),
  one("the API key changes, and both are known", [true, true], { apiKeys: ["sk_new", API_KEY] }),
  one("of another API key", [true, false], { apiKeys: ["sk_other"] }),
  one("no API key is known", [true, false], { apiKeys: [] }),

  one(
    "tampered beside the two fields",
    [false, true],
    withBody((body) => body.replace("Zoë", "Bob")),
  ),
  one(
    "tampered within them",
    [false, false],
    withBody((body) => body.replace("da39", "da40")),
  ),
  one(
    "with a byte more",
    [false, true],
    withBody((body) => `${body} `),
  ),
  one(
    "with another body signature",
    [false, false],
    withBody((body) => body.replace(findSignature(body), "0".repeat(64))),
  ),
  one(
    "with half a body signature",
    [false, false],
    withBody((body) => body.replace(findSignature(body), findSignature(body).slice(0, 32))),
  ),

  one(
    "of another id",
    [false, true],
    withHeaders(() => ({ "webhook-id": "evt_2" })),
  ),
  one(
    "of another time",
    [false, true],
    withHeaders((headers) => ({
      "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1),
    })),
  ),
  ...["", "soon", "-1", "1e9", "1795360645.5", "9".repeat(30), "9".repeat(5_000)].map((text) =>
    one(
      `of the time ${text.slice(0, 40)}`,
      [false, true],
      withHeaders(() => ({ "webhook-timestamp": text })),
    ),
  ),

  one(
    "with versions to come",
    [true, true],
    withHeaders((headers) => ({
      "webhook-signature": `v9,abc v1a,${"A".repeat(86)}== ${headers["webhook-signature"]}`,
    })),
  ),
  ...["", " ", "v1", "v1,", "v1,ü", `v1a,${"A".repeat(86)}==`, "v1,AAAA", "v1, v1, v1,"].map(
    (text) =>
      one(
        `with the signature ${JSON.stringify(text)}`,
        [false, true],
        withHeaders(() => ({ "webhook-signature": text })),
      ),
  ),
  one(
    "whose signature says to be of v2",
    [false, true],
    withHeaders((headers) => ({
      "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,"),
    })),
  ),
  one("without headers", [false, true], { headers: {} }),

  ...UNSIGNED.map((body) => one(`with the body ${body}`, [true, false], request({ body }))),
];
