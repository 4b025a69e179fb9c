import { expect, test } from "vitest";
import { isOwnForm } from "./own-form.ts";

const OURS = "https://mail.test";

test.each<[is: boolean, site: string | undefined, origin: string | undefined]>([
  [true, "same-origin", OURS],
  // With the policy no-referrer, a browser sends `Origin: null` even from our own pages.
  [true, "same-origin", "null"],
  [false, "cross-site", OURS],
  [false, "same-site", "https://x.mail.test"],
  [false, "none", undefined],
  [false, "", OURS],
  [true, undefined, OURS],
  [false, undefined, "https://evil.test"],
  [false, undefined, "null"],
  [false, undefined, undefined],
])("isOwnForm() is %s for %s from %s", (is, site, origin) => {
  expect(isOwnForm({ site, origin }, `${OURS}/base`)).toBe(is);
});
