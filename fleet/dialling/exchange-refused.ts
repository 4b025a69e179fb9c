/** We did not connect to an endpoint, or did not read its whole answer. The message says why, without the address. */
export class ExchangeRefused extends Error {
  override readonly name = "ExchangeRefused";
}
