/** What a check found. */
export type Finding = { what: string } & (
  | { state: "good"; note?: string }
  | { state: "bad"; fault: string; advice: string }
  | { state: "skipped"; reason: string }
);

const MARKS = { good: "✓", bad: "✗", skipped: "–" } as const;

/** One line, and one more with what to do. */
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

/** Good when the work ends well; else what it said. */
export async function findingOf(
  what: string,
  advice: string,
  work: () => Promise<string | undefined>,
): Promise<Finding> {
  try {
    const note = await work();
    return { what, state: "good", ...(note !== undefined && { note }) };
  } catch (error) {
    return { what, state: "bad", fault: rootOf(error), advice };
  }
}

/** A query that failed says what it was, and its cause why. Of a socket that cannot be opened there is a mute event. */
function rootOf(error: unknown): string {
  if (!(error instanceof Error)) return "no connection can be made";
  return error.cause === undefined ? error.message : rootOf(error.cause);
}
