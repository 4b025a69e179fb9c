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

/** The usual ports of HTTP servers. Webhooks must not reach other services. */
export const DEFAULT_WEBHOOK_PORTS = "80,443,8080,8443";

const MAX_LENGTH = 2_048;
const PORTS_WANTED = "must be ports separated by commas: 80, 443, and 1024 to 65535";

/**
 * A setting: the ports that webhooks may use. Below 1024, only 80 and 443 are allowed: the other
 * ports belong to other services, such as SMTP.
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
      // By default, Valibot puts the address into the issue. The address may contain a password.
      if (fault !== null) addIssue({ message: fault, input: null, received: "an address" });
    }),
  );

/**
 * Returns what is wrong with the address of a webhook, without any part of the address; null when
 * it is valid. The fleet checks the host's IP addresses later, when it connects.
 */
export function webhookUrlFault(text: string, rules: WebhookUrlRules): string | null {
  if (text.length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`;
  // These characters are rejected, because a URL parser drops CR, LF and tabs, and reads a
  // backslash as a slash.
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
 * Whether the host is public. Pass the host of a parsed URL, since the parser writes each IP
 * address in one standard form: `0x7f.1` becomes `127.0.0.1`.
 */
function isPublicHost(host: string): boolean {
  const literal = /^[\d.]+$/.test(host) ? host : /^\[(.*)\]$/.exec(host)?.[1];
  return literal === undefined ? !isPrivateName(host) : isPublicAddress(literal);
}
