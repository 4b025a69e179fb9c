import { expect, test } from "vitest";
import { toCsv } from "./to-csv.ts";

test.each([
  [["a", 1, null, ""], "a,1,,"],
  [['say "x", y'], '"say ""x"", y"'],
  [["two\nlines"], '"two\nlines"'],
  [["=1+1", "+1", "-1", "@x", "\tx"], "'=1+1,'+1,'-1,'@x,'\tx"],
  [["=a,b"], '"\'=a,b"'],
  [[-1], "-1"],
])("the row %j is %j", (row, text) => {
  expect(toCsv([row])).toBe(`${text}\r\n`);
});
