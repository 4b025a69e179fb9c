import { expect, test } from "vitest";
import { computeEtag, isKnown, refuseStale } from "./etag.ts";

const etag = await computeEtag({ tag: "X" });

test("computeEtag() is a strong tag, the same for the same", async () => {
  expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
  expect(await computeEtag({ tag: "X" })).toBe(etag);
  expect(await computeEtag({ tag: "Y" })).not.toBe(etag);
});

const headers: [header: string | undefined, mayWrite: boolean, isKnownAlready: boolean][] = [
  [undefined, true, false],
  ["*", true, true],
  [etag, true, true],
  [`"other", ${etag}`, true, true],
  [`W/${etag}`, false, true],
  ['"other"', false, false],
  [etag.slice(1, -1), false, false],
  ["", false, false],
];

test.each(headers)("%s lets write: %s, is known: %s", (header, mayWrite, isKnownAlready) => {
  const write = () => refuseStale(header, etag);
  if (mayWrite) expect(write).not.toThrow();
  else expect(write).toThrow(expect.objectContaining({ code: "precondition-failed" }));
  expect(isKnown(header, etag)).toBe(isKnownAlready);
});
