/** Lines that no client expects. The server sends one of them before a response. */
const UNTAGGED = [
  '* FLURB ((("{',
  "%$#@! \x01\x02\xff\xfe",
  "*",
  "* 99999999999999999999 EXISTS",
  "* -1 EXPUNGE",
  "* 0 FETCH (UID",
  '* 1 FETCH (UID x ENVELOPE ((NIL "',
  "* OK [UIDVALIDITY",
  "* SEARCH one two",
  '* LIST () "/"',
  "+ what?",
];

/** Invalid texts that the server sends in place of `OK …`, `NO …` or `BAD …`. */
const COMPLETIONS = ["FLURB )({", "", "MAYBE later", "OK [", "\x01\xff %", "200 OK"];

export const gibberishLine = (shade: number) => pick(UNTAGGED, shade);
export const gibberishCompletion = (shade: number) => pick(COMPLETIONS, shade);

function pick(lines: readonly string[], shade: number): string {
  return lines[Math.floor(shade * lines.length)] ?? "";
}
