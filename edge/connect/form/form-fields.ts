import * as v from "valibot";
import { isFields } from "../../middleware/body.ts";
import { imapHost } from "../../users/imap-host.ts";
import { en, type Words } from "../words/en.ts";
import { findKnownProvider, isKnownHost } from "./known-providers.ts";

/** What is wrong with a field. The texts are in words/. */
type Fault = keyof Words["faults"];

/** Names a fault in a schema, whose messages are only texts. */
const fault = (name: Fault) => name;

const text = (max: number, missing: Fault) =>
  v.pipe(
    v.string(missing),
    v.nonEmpty(missing),
    v.maxLength(max, fault("too_long")),
    v.check((given) => given.isWellFormed() && !/\p{Cc}/u.test(given), fault("characters")),
  );

const login = v.pipe(v.string(fault("login_missing")), v.trim(), text(320, "login_missing"));
const password = text(1_024, "password_missing");
const host = v.pipe(
  v.string(fault("host_missing")),
  v.trim(),
  v.nonEmpty(fault("host_missing")),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const read = v.safeParse(imapHost, dataset.value);
    if (read.success) return read.output;
    addIssue({ message: fault("host_invalid") });
    return NEVER;
  }),
);
const MAX_PORT = 65_535;
const NO_PORT = fault("port_invalid");
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
const security = v.picklist(SECURITIES, fault("security_missing"));

const accountForm = v.object({ login, password });
const ownHostForm = v.object({ login, password, host, port, security });

const fieldName = v.keyof(ownHostForm);

export type FieldName = keyof typeof ownHostForm.entries;
type FieldFaults = Partial<Record<FieldName, Fault>>;

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

/**
 * Reads the form. Returns what is wrong with each wrong field, without the value. If the field of the
 * mail server is empty, the server of a well-known provider is used.
 */
export function readForm(body: unknown, hasOwnHost: boolean): ReadForm {
  const typed = isFields(body) ? { ...EMPTY, ...body } : EMPTY;
  if (hasOwnHost) {
    const result = v.safeParse(ownHostForm, { ...typed, ...fillServer(parseTypedFields(body)) });
    if (!result.success) return { faults: toFieldFaults(result.issues) };
    const { login: name, password: secret, ...server } = result.output;
    return { given: { login: name, password: secret, server } };
  }
  const result = v.safeParse(accountForm, typed);
  if (!result.success) return { faults: toFieldFaults(result.issues) };
  return { given: { ...result.output, server: null } };
}

const isFault = (message: string): message is Fault => Object.hasOwn(en.faults, message);

/** Returns the first fault of each field. */
function toFieldFaults(issues: readonly v.BaseIssue<unknown>[]): FieldFaults {
  const faults: FieldFaults = {};
  for (const { path, message } of issues) {
    const name = v.safeParse(fieldName, path?.[0]?.key);
    if (name.success && isFault(message)) faults[name.output] ??= message;
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

/**
 * Fills in the mail server of a login that is an address at a well-known provider, if the field is
 * empty or has the server of another such provider: the form filled it in for an earlier address.
 */
export function fillServer(typed: TypedFields): TypedFields {
  const known = findKnownProvider(typed.login);
  const typedHost = typed.host.trim().toLowerCase();
  const isOurs = typedHost === "" || isKnownHost(typedHost);
  if (!known || typedHost === known.imapHost || !isOurs) return typed;
  return { ...typed, host: known.imapHost, port: String(IMAPS_PORT), security: "tls" };
}

/** The port of IMAP over TLS (RFC 8314, 3.2). */
export const IMAPS_PORT = 993;

/**
 * Returns the mail server of the provider about which the form has already said something. The form
 * sends it back, so that the same is not said twice before a login is tried.
 */
export const readNoticed = (body: unknown): unknown =>
  isFields(body) ? body["noticed"] : undefined;
