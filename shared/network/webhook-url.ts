import * as v from "valibot";
import { isDecodable } from "../mail/is-decodable.ts";
import { isPrivateName, isPublicAddress } from "./public-address.ts";

/** Where webhooks may go. */
export interface WebhookUrlRules {
  ports: readonly number[];
  /** Also `http:`, over which everyone on the way can read the mail. */
  allowsHttp: boolean;
  /** Any port of any host, also over `http:`. For development. */
  allowsPrivateHosts: boolean;
}

/** Those of HTTP and the ones beside them that need no privilege; no other service is a target. */
export const DEFAULT_WEBHOOK_PORTS = "80,443,8080,8443";

const MAX_LENGTH = 2_048;
const PORTS_WANTED = "must be ports separated by commas: 80, 443, and 1024 to 65535";

/** A setting: the ports that webhooks may go to. Below 1024 other services listen, such as SMTP. */
export const webhookPorts = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}(,\d{1,5}){0,99}$/, PORTS_WANTED),
  v.transform((text) => text.split(",").map(Number)),
  v.check((ports) => ports.every(isUsualPort), PORTS_WANTED),
);

const isUsualPort = (port: number) =>
  port === 80 || port === 443 || (port >= 1_024 && port <= 65_535);

/** The address of a webhook, as a partner writes it. */
export const webhookUrl = (rules: WebhookUrlRules) =>
  v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const fault = webhookUrlFault(dataset.value, rules);
      // Valibot's own issue has the value, which may hold a password.
      if (fault !== null) addIssue({ message: fault, input: null, received: "an address" });
    }),
  );

/**
 * What is wrong with the address of a webhook, in words without any part of it; null when nothing is.
 * Names are resolved, and their addresses checked, when they are dialled.
 */
export function webhookUrlFault(text: string, rules: WebhookUrlRules): string | null {
  if (text.length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`;
  // A URL's parser drops CR, LF and tabs, and takes a backslash for a slash.
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
  if (!rules.ports.includes(portOf(url)))
    return `must have one of the ports ${rules.ports.join(", ")}`;
  return isPublicHost(url.hostname) ? null : "must have a public host";
}

const portOf = ({ port, protocol }: URL) => Number(port) || (protocol === "http:" ? 80 : 443);

/** Of a host as URLs have it: every form of an address is one there. */
function isPublicHost(host: string): boolean {
  const literal = /^[\d.]+$/.test(host) ? host : /^\[(.*)\]$/.exec(host)?.[1];
  return literal === undefined ? !isPrivateName(host) : isPublicAddress(literal);
}
