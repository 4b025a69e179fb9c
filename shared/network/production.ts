import * as v from "valibot";
import { hasDevelopmentKey } from "../secrets/development-keys.ts";
import { isOwnMachine } from "./own-machine.ts";

/** Whether the edge has a public URL, so that other machines can reach it. */
export const isProduction = (publicUrl: string) => !isOwnMachine(publicUrl);

type Keys = { keys: readonly { kid: string }[] };

/** The settings of edge and fleet that have stricter rules when the edge is public. */
interface Judged {
  PUBLIC_URL: string;
  NATS_URL?: string | undefined;
  DATABASE_PROXY?: string | undefined;
  MAILBOX_PUBLIC_KEYS?: Keys | undefined;
  MAILBOX_PRIVATE_KEYS?: Keys | undefined;
  PARTNER_KEYS?: Keys | undefined;
  ALLOW_HTTP_WEBHOOKS?: boolean | undefined;
  ALLOW_PRIVATE_HOSTS?: boolean | undefined;
}

const hasDevelopmentKeys = (ring: Keys | undefined) =>
  ring !== undefined && hasDevelopmentKey(ring);
const NO_DEVELOPMENT_KEYS = "must have no key of a development stack";

/**
 * Returns, for each setting, the rule of production that its value breaks; false when the value is
 * allowed.
 */
const judgeSettings = (settings: Judged): Record<keyof Judged, string | false> => ({
  // The edge serves links with secrets, and a page that asks for passwords, under this URL.
  PUBLIC_URL: !settings.PUBLIC_URL.startsWith("https://") && "must begin with https://",
  NATS_URL:
    isOpen(settings.NATS_URL, "tls:") &&
    !isContainerName(settings.NATS_URL) &&
    "must begin with tls://",
  // Without a proxy, the edge always speaks TLS to its database.
  DATABASE_PROXY: isOpen(proxyAddress(settings), "wss:") && "must begin with wss://",
  MAILBOX_PUBLIC_KEYS: hasDevelopmentKeys(settings.MAILBOX_PUBLIC_KEYS) && NO_DEVELOPMENT_KEYS,
  MAILBOX_PRIVATE_KEYS: hasDevelopmentKeys(settings.MAILBOX_PRIVATE_KEYS) && NO_DEVELOPMENT_KEYS,
  PARTNER_KEYS: hasDevelopmentKeys(settings.PARTNER_KEYS) && NO_DEVELOPMENT_KEYS,
  ALLOW_HTTP_WEBHOOKS: settings.ALLOW_HTTP_WEBHOOKS === true && "must be false",
  ALLOW_PRIVATE_HOSTS: settings.ALLOW_PRIVATE_HOSTS === true && "must be false",
});

/**
 * Whether others on the network path can read the traffic. A connection within this machine needs
 * no TLS.
 */
const isOpen = (url: string | undefined, secureScheme: string) =>
  url !== undefined && !url.startsWith(secureScheme) && !isOwnMachine(url);

/**
 * Whether the host is a name without a dot, such as `nats`. Only the network of a container engine
 * has such names, and only the containers in it can read the traffic.
 */
const isContainerName = (url = "") => !/[.:]/.test(URL.parse(url)?.hostname ?? ".");

const proxyAddress = ({ DATABASE_PROXY: proxy }: Judged) =>
  proxy === undefined || proxy.startsWith("wss:") ? proxy : `ws://${proxy}`;

/**
 * Returns a check of the settings. In production, other machines can reach the edge. There the
 * check rejects settings that only development may use.
 *
 * @param judgeOwn Like `judgeSettings()`, for the settings of one kind of process.
 */
export const productionRules = <Settings extends Judged>(
  judgeOwn: (settings: Settings) => Record<string, string | false> = () => ({}),
) =>
  v.rawCheck<Settings>(({ dataset, addIssue }) => {
    // Stops if a setting is already invalid, because the code below would throw on an invalid URL.
    if (!dataset.typed || dataset.issues || !isProduction(dataset.value.PUBLIC_URL)) return;
    const judged = { ...judgeSettings(dataset.value), ...judgeOwn(dataset.value) };
    for (const [key, wanted] of Object.entries(judged)) {
      if (wanted === false) continue;
      const { value } = dataset;
      addIssue({
        message: `${wanted} where PUBLIC_URL is not an address of this machine alone`,
        path: [{ type: "unknown", origin: "value", input: value, key, value: undefined }],
      });
    }
  });
