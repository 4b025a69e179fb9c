import * as v from "valibot";

/**
 * The setting `DATABASE_PROXY`: the address of a proxy in front of a Postgres that is not
 * on Neon. With TLS, its form is `wss://host:port` or `wss://host`. A proxy on the same machine may
 * have no TLS: then the form is `host:port`.
 */
export const databaseProxy = v.pipe(
  v.string(),
  v.regex(
    /^(wss:\/\/[^\s/:@]+(:\d{1,5})?|[^\s/]+:\d{1,5})$/,
    "must be host:port or wss://host:port",
  ),
);
