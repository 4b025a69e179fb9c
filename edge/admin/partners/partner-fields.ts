import * as v from "valibot";
import { PAYLOAD_FORMATS } from "../../../db/partners/tables.ts";
import { contrastWithWhite, MIN_CONTRAST } from "../../partners/accent.ts";
import { logo } from "../../partners/logo.ts";
import { clearable, line } from "../../text.ts";

const isWebPage = (text: string) => {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  return isWeb && url.username === "" && url.password === "";
};

/** The URL of a page to which the connect pages may redirect the browser; see chooseCallbacks(). */
const page = v.pipe(
  line(1_000),
  v.check(
    isWebPage,
    "must be an address that begins with https:// or http://, without a user name",
  ),
);

/**
 * An origin, such as `https://app.example.com`. It is stored in the form that browsers use (WHATWG
 * URL, 4.7).
 */
const origin = v.pipe(
  line(300),
  v.check(
    (text) => isWebPage(text) && /^[^/]+\/\/[^/?#]+\/?$/.test(text),
    "must be an origin such as https://app.example.com, without a path",
  ),
  v.transform((text) => new URL(text).origin),
);

/** The color of links and buttons on the connect pages. On dark pages it is lightened. */
const accentColor = v.pipe(
  v.string("must be a string"),
  v.trim(),
  v.regex(/^#[\da-f]{6}$/i, "must be a color such as #1d4ed8"),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues) return;
    const contrast = contrastWithWhite(dataset.value);
    if (contrast >= MIN_CONTRAST) return;
    // Rounded down, so that no color is refused for a contrast that looks sufficient.
    const shown = Math.floor(contrast * 10) / 10;
    const message = `must have a contrast of at least ${MIN_CONTRAST}:1 with white, so that people can read it; this color has ${shown}:1`;
    addIssue({ message });
  }),
);

/** The URL of a webhook. webhookFaults() checks it later. */
const webhook = v.exactOptional(clearable(line(2_048)));

const settings = {
  success_url: v.exactOptional(clearable(page)),
  failure_url: v.exactOptional(clearable(page)),
  allowed_origins: v.exactOptional(
    v.pipe(
      v.array(origin, "must be a list of origins"),
      v.maxLength(50, "must be at most 50 origins"),
      v.transform((origins) => [...new Set(origins)]),
    ),
  ),
  new_mail_webhook: webhook,
  user_connected_webhook: webhook,
  user_disconnected_webhook: webhook,
  user_auth_failed_webhook: webhook,
  payload_format: v.exactOptional(
    v.picklist(PAYLOAD_FORMATS, `must be one of ${PAYLOAD_FORMATS.join(", ")}`),
  ),
  privacy_url: v.exactOptional(clearable(page)),
  terms_url: v.exactOptional(clearable(page)),
  website_url: v.exactOptional(clearable(page)),
  accent_color: v.exactOptional(clearable(accentColor)),
  /** The bytes of an image in base64. Null removes the logo. */
  logo: v.exactOptional(v.nullable(logo)),
  consent_page: v.exactOptional(v.boolean("must be true or false")),
  provider_choice: v.exactOptional(v.boolean("must be true or false")),
  ordered: v.exactOptional(v.boolean("must be true or false")),
  allow_plain_http: v.exactOptional(v.boolean("must be true or false")),
};

const name = line(100);

export const newPartner = v.strictObject({ name, ...settings });
export const changedPartner = v.strictObject({ name: v.exactOptional(name), ...settings });
export type PartnerFields = v.InferOutput<typeof changedPartner>;

/** The body of the request that deletes a partner. The admin must type the partner's name. */
export const confirmation = v.strictObject({ name: v.string("must be a string") });
