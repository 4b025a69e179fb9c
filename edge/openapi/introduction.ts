/**
 * Returns the first section of the API reference, in Markdown. It explains what all operations have
 * in common.
 */
export const introduction = (
  publicUrl: string,
) => `Register the mail accounts of your users. SuperIMAP calls your webhook for each mail that arrives.

Send your key in the header \`x-api-key\`. Bodies are JSON or forms. In a change, a field that is absent keeps its value.

- **Errors** are \`application/problem+json\` with a \`code\` that never changes its meaning, and a JSON Pointer to each wrong field. \`type\` links to what the code means and what to do: [errors and reasons](${publicUrl}/docs/errors).
- **Lists** are arrays, in pages. For the next page, follow the header \`Link\` with \`rel="next"\`.
- **Repeated writes:** requests with the same \`Idempotency-Key\` take effect once. For 24 hours each of them gets the same answer.
- **Versions:** users and connections have an \`ETag\`. Send it as \`If-Match\`, and a change that somebody made meanwhile is not overwritten.
- **Too many requests** get 429 with \`Retry-After\`. The limit is per partner.
- **Request ids:** each answer has the header \`x-request-id\`: the one that you sent, or a new one. Include it when you report a problem.
`;
