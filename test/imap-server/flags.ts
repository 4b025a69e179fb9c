const SYSTEM_FLAGS = ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "\\Recent"];

/** System flags are written one way; keywords stay as they came (RFC 3501, section 2.3.2). */
export function canonicalFlag(flag: string): string {
  return SYSTEM_FLAGS.find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag;
}

/** The flags that a client may set. `\Recent` is the server's alone. */
export function storableFlags(flags: readonly string[]): string[] {
  return flags.map(canonicalFlag).filter((flag) => flag !== "\\Recent");
}
