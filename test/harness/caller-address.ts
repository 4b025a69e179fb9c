/**
 * Returns the headers with which a test's request counts as one of this address: on Workers the
 * header of Cloudflare, off Workers that of a trusted proxy. Each has no effect on the other.
 */
export const fromAddress = (address: string) => ({
  "cf-connecting-ip": address,
  "x-forwarded-for": address,
});
