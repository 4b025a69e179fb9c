import * as v from "valibot";

/** RFC 6761, 6.3, and RFC 6890, tables 4 and 17. */
const isLoopback = (host: string) =>
  host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

/** Whether nobody but this machine reaches the address: what it leads to is for development. */
export const isOwnMachine = (url: string) => isLoopback(new URL(url).hostname);

interface ForDevelopment {
  PUBLIC_URL: string;
  ALLOW_PRIVATE_HOSTS: boolean;
}

/** Refuses the door into our own network where others reach the edge. */
export const noPrivateHostsForOthers = <Settings extends ForDevelopment>() =>
  v.rawCheck<Settings>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { PUBLIC_URL, ALLOW_PRIVATE_HOSTS: value } = dataset.value;
    if (!value || isOwnMachine(PUBLIC_URL)) return;
    addIssue({
      message: "must be false where PUBLIC_URL is not an address of this machine alone",
      path: [{ type: "unknown", origin: "value", input: value, key: "ALLOW_PRIVATE_HOSTS", value }],
    });
  });
