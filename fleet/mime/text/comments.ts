/**
 * A header's value without comments (RFC 5322, 3.2.2), each of which is white space. One that does not
 * end is none: then all of them stay.
 */
export function withoutComments(text: string): string {
  if (!text.includes("(")) return text;
  let kept = "";
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const mark = text.charAt(index);
    if (mark === "\\") index++;
    else if (mark === "(") depth++;
    else if (mark === ")" && depth > 0) depth--;
    else if (depth === 0) kept += mark;
    if (mark === ")" && depth === 0) kept += " ";
  }
  return depth === 0 ? kept : text;
}
