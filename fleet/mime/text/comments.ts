/**
 * Returns a header's value with each comment (RFC 5322, 3.2.2) replaced by a space. If a comment is
 * not closed, returns the value unchanged.
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
