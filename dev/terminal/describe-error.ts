/** Returns an error as text, with its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  // Errors that our code wraps already quote their cause.
  if (cause === undefined || (cause instanceof Error && message.includes(cause.message))) {
    return message;
  }
  return `${message}\n  because: ${describeError(cause)}`;
}
