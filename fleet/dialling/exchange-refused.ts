/**
 * Thrown when we refuse to connect to an endpoint, or when the endpoint sends no final answer. The
 * message says why, without the address.
 */
export class ExchangeRefused extends Error {
  override readonly name = "ExchangeRefused";
}
