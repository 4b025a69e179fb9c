/** The result of a check. */
export type Finding = { what: string } & (
  | { state: "good"; note?: string }
  | { state: "bad"; fault: string; advice: string }
  | { state: "skipped"; reason: string }
);

const MARKS = { good: "✓", bad: "✗", skipped: "–" } as const;

/** Returns a line that describes the finding. For a bad finding, a second line gives advice. */
export function describeFinding(finding: Finding): string {
  const title = `${MARKS[finding.state]} ${finding.what}`;
  switch (finding.state) {
    case "good":
      return finding.note === undefined ? title : `${title}: ${finding.note}`;
    case "bad":
      return `${title}: ${finding.fault}\n    → ${finding.advice}`;
    case "skipped":
      return `${title}: ${finding.reason}`;
  }
}

/**
 * Runs a check. The finding is good when `work` resolves, otherwise bad with the error as the
 * fault.
 */
export async function tryFinding(
  what: string,
  advice: string,
  work: () => Promise<string | undefined>,
): Promise<Finding> {
  try {
    const note = await work();
    return { what, state: "good", ...(note !== undefined && { note }) };
  } catch (error) {
    return { what, state: "bad", fault: describeRoot(error), advice };
  }
}

/**
 * Returns the message of the original cause. The message of a failed query contains only the query.
 * If a WebSocket cannot be opened, the cause is an `Event` without a message.
 */
function describeRoot(error: unknown): string {
  if (!(error instanceof Error)) return "no connection can be made";
  return error.cause === undefined ? error.message : describeRoot(error.cause);
}
