import * as v from "valibot";

/**
 * A setting: the address of the WebSocket proxy to a Postgres that is not on Neon. It is
 * `wss://host:port` with TLS. Without TLS, it is `host:port`, for a proxy on the same machine.
 */
export const databaseProxy = v.pipe(
  v.string(),
  v.regex(
    /^(wss:\/\/[^\s/:@]+(:\d{1,5})?|[^\s/]+:\d{1,5})$/,
    "must be host:port or wss://host:port",
  ),
);
