import * as v from "valibot";
import { isFields } from "../../middleware/body.ts";
import { imapHost } from "../../users/imap-host.ts";

const text = (max: number, what: string) =>
  v.pipe(
    v.string(`Enter ${what}.`),
    v.nonEmpty(`Enter ${what}.`),
    v.maxLength(max, `This is longer than ${max} characters.`),
    v.check(
      (given) => given.isWellFormed() && !/\p{Cc}/u.test(given),
      "This contains characters that are not allowed.",
    ),
  );

const login = v.pipe(v.string("Enter your login."), v.trim(), text(320, "your login"));
const password = text(1_024, "your password");
const host = v.pipe(
  v.string("Enter the mail server."),
  v.trim(),
  v.nonEmpty("Enter the mail server."),
  v.message(imapHost, "This is not a valid server name, such as imap.example.com."),
);
const MAX_PORT = 65_535;
const NO_PORT = "Enter a number, such as 993.";
const port = v.pipe(
  v.string(NO_PORT),
  v.trim(),
  v.regex(/^\d{1,5}$/, NO_PORT),
  v.transform(Number),
  v.minValue(1, NO_PORT),
  v.maxValue(MAX_PORT, NO_PORT),
);

/** The kinds of encryption that the form offers. It does not offer unencrypted connections. */
const SECURITIES = ["tls", "starttls"] as const;
const security = v.picklist(SECURITIES, "Choose how the connection is encrypted.");

const accountForm = v.object({ login, password });
const ownHostForm = v.object({ login, password, host, port, security });

const fieldName = v.keyof(ownHostForm);

export type FieldName = keyof typeof ownHostForm.entries;
export type FieldFaults = Partial<Record<FieldName, string>>;

export interface GivenLogin {
  login: string;
  password: string;
  /** The user's own mail server; null for the provider's server. */
  server: { host: string; port: number; security: (typeof SECURITIES)[number] } | null;
}

export type ReadForm = { given: GivenLogin } | { faults: FieldFaults };

/** The empty form. A field that the browser does not send counts as empty. */
const EMPTY: Record<FieldName, string> = {
  login: "",
  password: "",
  host: "",
  port: "",
  security: "",
};

/** Reads the form. Returns a message for each wrong field. The message never contains the value. */
export function readForm(body: unknown, hasOwnHost: boolean): ReadForm {
  const typed = isFields(body) ? { ...EMPTY, ...body } : EMPTY;
  if (hasOwnHost) {
    const result = v.safeParse(ownHostForm, typed);
    if (!result.success) return { faults: toFieldFaults(result.issues) };
    const { login: name, password: secret, ...server } = result.output;
    return { given: { login: name, password: secret, server } };
  }
  const result = v.safeParse(accountForm, typed);
  if (!result.success) return { faults: toFieldFaults(result.issues) };
  return { given: { ...result.output, server: null } };
}

/** Returns the first fault of each field. */
function toFieldFaults(issues: readonly v.BaseIssue<unknown>[]): FieldFaults {
  const faults: FieldFaults = {};
  for (const issue of issues) {
    const name = v.safeParse(fieldName, issue.path?.[0]?.key);
    if (name.success) faults[name.output] ??= issue.message;
  }
  return faults;
}

const typedFields = v.object({
  login: v.fallback(v.string(), ""),
  host: v.fallback(v.string(), ""),
  port: v.fallback(v.string(), ""),
  security: v.fallback(v.string(), ""),
});
export type TypedFields = v.InferOutput<typeof typedFields>;

/** Returns the values to show again in a refused form: all except the password. */
export const parseTypedFields = (body: unknown): TypedFields =>
  v.parse(typedFields, isFields(body) ? { ...EMPTY, ...body } : EMPTY);
