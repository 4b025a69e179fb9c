/**
 * One entry of an address list. A group consists of a start, its members, and an end (RFC 3501,
 * section 7.4.2).
 */
export type Address =
  | {
      kind: "mailbox";
      name: string | undefined;
      route: string | undefined;
      local: string;
      host: string;
    }
  | { kind: "group-start"; name: string }
  | { kind: "group-end" };

/** Takes the place of a missing domain, as in Dovecot. NIL as the domain would start a group. */
const MISSING_DOMAIN = "MISSING_DOMAIN";

type Token =
  | { kind: "word" | "quoted" | "comment"; text: string }
  | { kind: "special"; text: string };

const TOKEN =
  /\s+|"((?:[^"\\]|\\.)*)"?|\(((?:[^()\\]|\\.)*)\)?|([<>@,:;])|(\[[^\]\s]*\]|[^\s"(<>@,:;]+)/gy;

/**
 * Parses an address field without decoding it. Never fails: as on real mail servers, invalid text
 * becomes an address with the parts that could be read.
 */
export function parseAddressList(field: string): Address[] {
  const addresses: Address[] = [];
  let pending: Token[] = [];
  let inGroup = false;
  let inAngle = false;
  const flush = () => {
    if (pending.length > 0) addresses.push(...parseMailbox(pending));
    pending = [];
  };
  for (const token of tokenize(field)) {
    const special = token.kind === "special" ? token.text : "";
    if (special === "<") inAngle = true;
    if (special === ">") inAngle = false;
    if (inAngle || !",:;".includes(special) || special === "") pending.push(token);
    else if (special === ",") flush();
    else if (special === ":") {
      addresses.push({ kind: "group-start", name: phrase(pending) ?? "" });
      pending = [];
      inGroup = true;
    } else {
      flush();
      if (inGroup) addresses.push({ kind: "group-end" });
      inGroup = false;
    }
  }
  flush();
  if (inGroup) addresses.push({ kind: "group-end" });
  return addresses;
}

function tokenize(field: string): Token[] {
  return [...field.matchAll(TOKEN)].flatMap((match): Token[] => {
    const [, quoted, comment, special, word] = match;
    if (quoted !== undefined) return [{ kind: "quoted", text: unescape(quoted) }];
    if (comment !== undefined) return [{ kind: "comment", text: unescape(comment) }];
    if (special !== undefined) return [{ kind: "special", text: special }];
    return word === undefined ? [] : [{ kind: "word", text: word }];
  });
}

/** Parses `Name <@route:local@host>`, `local@host (Name)` or `local@host`. */
function parseMailbox(tokens: readonly Token[]): Address[] {
  const open = tokens.findIndex((token) => token.kind === "special" && token.text === "<");
  const comment = tokens.find((token) => token.kind === "comment")?.text;
  const inside = open === -1 ? tokens : tokens.slice(open + 1);
  const name = open > 0 ? phrase(tokens.slice(0, open)) : undefined;
  const spec = inside.filter((token) => token.kind !== "comment" && token.text !== ">");
  const colon = spec.findLastIndex((token) => token.kind === "special" && token.text === ":");
  const route = colon === -1 ? undefined : joined(spec.slice(0, colon));
  const address = spec.slice(colon + 1);
  const at = address.findLastIndex((token) => token.kind === "special" && token.text === "@");
  const local = joined(at === -1 ? address : address.slice(0, at));
  const host = at === -1 ? "" : joined(address.slice(at + 1));
  if (local === "" && host === "" && name === undefined) return [];
  return [{ kind: "mailbox", name: name ?? comment, route, local, host: host || MISSING_DOMAIN }];
}

/** Returns the words of a name, without comments. Undefined means that the name has no words. */
function phrase(tokens: readonly Token[]): string | undefined {
  const words = tokens.filter((token) => token.kind !== "comment").map((token) => token.text);
  return words.length === 0 ? undefined : words.join(" ");
}

function joined(tokens: readonly Token[]): string {
  return tokens.map((token) => token.text).join("");
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, "$1");
}
