import * as v from "valibot";
import { isDecodable } from "../mail/is-decodable.ts";
import { isPrivateName, isPublicAddress } from "./public-address.ts";

/** Which addresses webhooks may use. */
export interface WebhookUrlRules {
  ports: readonly number[];
  /** Whether `http:` is also allowed. Anyone on the network path can then read the mail. */
  allowsHttp: boolean;
  /** Whether any host and port is allowed, also over `http:`; for development only. */
  allowsPrivateHosts: boolean;
}

/**
 * The ports of HTTP and their common unprivileged alternatives, so that no other service can be a
 * target.
 */
export const DEFAULT_WEBHOOK_PORTS = "80,443,8080,8443";

const MAX_LENGTH = 2_048;
const PORTS_WANTED = "must be ports separated by commas: 80, 443, and 1024 to 65535";

/**
 * A setting: the ports that webhooks may use. Other ports below 1024 belong to other services, such
 * as SMTP.
 */
export const webhookPorts = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}(,\d{1,5}){0,99}$/, PORTS_WANTED),
  v.transform((text) => text.split(",").map(Number)),
  v.check((ports) => ports.every(isUsualPort), PORTS_WANTED),
);

const isUsualPort = (port: number) =>
  port === 80 || port === 443 || (port >= 1_024 && port <= 65_535);

/** Returns the schema of a webhook's address, as the partner enters it. */
export const webhookUrl = (rules: WebhookUrlRules) =>
  v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const fault = webhookUrlFault(dataset.value, rules);
      // Valibot's own issue contains the value, which may hold a password.
      if (fault !== null) addIssue({ message: fault, input: null, received: "an address" });
    }),
  );

/**
 * Returns what is wrong with the address of a webhook, in words that contain no part of it; null
 * when it is valid. The addresses of a host name are checked later, when it is dialled.
 */
export function webhookUrlFault(text: string, rules: WebhookUrlRules): string | null {
  if (text.length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`;
  // A URL parser drops CR, LF and tabs, and reads a backslash as a slash.
  if (/[\p{Cc}\s\\]/u.test(text)) return "must have no spaces, control characters or backslashes";
  const allowsHttp = rules.allowsHttp || rules.allowsPrivateHosts;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:\/\/[^/]/i.test(text) || (url.protocol === "http:" && !allowsHttp)) {
    return `must be an address that begins with https://${allowsHttp ? " or http://" : ""}`;
  }
  if (text.includes("#")) return "must have no fragment";
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    return "must have a percent sign written as %25 in its user name and password";
  }
  if (rules.allowsPrivateHosts) return null;
  if (!rules.ports.includes(findPort(url)))
    return `must have one of the ports ${rules.ports.join(", ")}`;
  return isPublicHost(url.hostname) ? null : "must have a public host";
}

const findPort = ({ port, protocol }: URL) => Number(port) || (protocol === "http:" ? 80 : 443);

/**
 * Whether the host is public. The host must be taken from a parsed URL, in which each address has
 * only one notation.
 */
function isPublicHost(host: string): boolean {
  const literal = /^[\d.]+$/.test(host) ? host : /^\[(.*)\]$/.exec(host)?.[1];
  return literal === undefined ? !isPrivateName(host) : isPublicAddress(literal);
}
