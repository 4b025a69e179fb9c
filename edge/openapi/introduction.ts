/** Returns what all operations have in common: the first text of the API reference, in Markdown. */
export const introduction = (
  publicUrl: string,
) => `Registers the mail accounts of a partner's users; each mail that arrives in one calls the partner's webhook.

Send your key in the header \`x-api-key\`. Bodies may be JSON or forms; an absent field stays as it is.

- **Errors** are \`application/problem+json\` with a \`code\` that never changes its meaning, and a JSON Pointer to each wrong field. What each code means, and what to do: [errors and reasons](${publicUrl}/docs/errors).
- **Lists** are bare arrays, in pages: follow the header \`Link\` with \`rel="next"\`.
- **Repeating a write:** under the same \`Idempotency-Key\` it is done once, and then answered the same for 24 hours.
- **Versions:** users and connections have an \`ETag\`. Send it as \`If-Match\`, and nobody's change is overwritten unseen.
- **Too many requests:** 429 with \`Retry-After\`, for each partner by itself.
- **Names of requests:** each answer has an \`x-request-id\`: yours, if you sent one, or ours. Name it when you ask us about a request.
`;
