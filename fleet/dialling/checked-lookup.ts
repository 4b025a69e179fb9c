import type { LookupFunction } from "node:net";
import { ExchangeRefused } from "./exchange-refused.ts";
import type { Address, Resolve } from "./resolve.ts";

/**
 * Returns a `lookup` for sockets that connect only to the addresses that `addressesOf` returns. Sockets do not call
 * it for a host that is an address.
 *
 * @param addressesOf Returns no addresses for a host that must not be reached.
 */
export function checkedLookup(addressesOf: Resolve): LookupFunction {
  return (host, { all }, callback) => {
    const give = (addresses: readonly Address[]) => {
      const [first] = addresses;
      if (!first) callback(new ExchangeRefused("the host has no public address"), "");
      else if (all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    };
    addressesOf(host).then(give, (error: unknown) => callback(errorOf(error), ""));
  };
}

const errorOf = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
