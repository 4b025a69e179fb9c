const SYSTEM_FLAGS = ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "\\Recent"];

/**
 * Returns a system flag in its standard spelling, and any other flag unchanged (RFC 3501, section
 * 2.3.2).
 */
export function canonicalFlag(flag: string): string {
  return SYSTEM_FLAGS.find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag;
}

/** Returns the flags that a client may set. Only the server sets `\Recent`. */
export function storableFlags(flags: readonly string[]): string[] {
  return flags.map(canonicalFlag).filter((flag) => flag !== "\\Recent");
}
