/** Whether a host is a loopback address or name (RFC 6761, 6.3, and RFC 6890, tables 4 and 17). */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

/** Whether only this machine can reach a URL, as in development. */
export const isOwnMachine = (url: string) => isLoopback(new URL(url).hostname);
