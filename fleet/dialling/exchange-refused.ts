/** We would not dial an endpoint, or hear it out. The message says why, without its address. */
export class ExchangeRefused extends Error {
  override readonly name = "ExchangeRefused";
}
