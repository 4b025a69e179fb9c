/**
 * Thrown when we do not connect to an endpoint, or do not read its whole answer. The message says
 * why, without the address.
 */
export class ExchangeRefused extends Error {
  override readonly name = "ExchangeRefused";
}
