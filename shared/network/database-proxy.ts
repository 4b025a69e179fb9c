import * as v from "valibot";

/**
 * A setting: where the WebSocket proxy to a Postgres is that is not Neon. `wss://host:port` over TLS,
 * and `host:port` without it, for one on the same machine.
 */
export const databaseProxy = v.pipe(
  v.string(),
  v.regex(
    /^(wss:\/\/[^\s/:@]+(:\d{1,5})?|[^\s/]+:\d{1,5})$/,
    "must be host:port or wss://host:port",
  ),
);
