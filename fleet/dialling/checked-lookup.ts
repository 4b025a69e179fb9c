import type { LookupFunction } from "node:net";
import { ExchangeRefused } from "./exchange-refused.ts";
import type { Address, Resolve } from "./resolve.ts";

/**
 * A `lookup` for sockets: they dial the addresses that `addressesOf` gives and no other. It is not
 * asked about a host that is an address itself.
 *
 * @param addressesOf None when the host may not be dialled.
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
