import type { LookupFunction } from "node:net";
import { ExchangeRefused } from "./exchange-refused.ts";
import type { Resolve, ResolvedAddress } from "./resolve.ts";

/**
 * Returns a `lookup` function for sockets. With it, sockets connect only to addresses that
 * `resolve` returns. Sockets do not call `lookup` for a host that is an IP address.
 *
 * @param resolve Returns no addresses for a host that must not be reached.
 */
export function checkedLookup(resolve: Resolve): LookupFunction {
  return (host, { all }, callback) => {
    const give = (addresses: readonly ResolvedAddress[]) => {
      const [first] = addresses;
      if (!first) callback(new ExchangeRefused("the host has no public address"), "");
      else if (all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    };
    resolve(host).then(give, (error: unknown) => callback(toError(error), ""));
  };
}

const toError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
