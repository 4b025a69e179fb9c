/** The result of a check. */
export type Finding = { what: string } & (
  | { state: "good"; note?: string }
  | { state: "bad"; fault: string; advice: string }
  | { state: "skipped"; reason: string }
);

const MARKS = { good: "✓", bad: "✗", skipped: "–" } as const;

/** Returns the finding as one line, with a second line of advice when it is bad. */
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

/** Runs the work of a check: good when it resolves, else bad with the error as the fault. */
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
 * Finds the original cause: the error of a failed query names only the query. A socket that cannot
 * be opened gives an event without a message.
 */
function describeRoot(error: unknown): string {
  if (!(error instanceof Error)) return "no connection can be made";
  return error.cause === undefined ? error.message : describeRoot(error.cause);
}
