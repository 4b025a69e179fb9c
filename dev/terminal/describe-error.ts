/** Returns an error as text, with its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  // Some errors already contain the text of their cause.
  if (cause === undefined || (cause instanceof Error && message.includes(cause.message))) {
    return message;
  }
  return `${message}\n  because: ${describeError(cause)}`;
}
