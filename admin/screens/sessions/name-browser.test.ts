import { expect, test } from "vitest";
import { nameBrowser } from "./name-browser.ts";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/151.0 Safari/537.36";

test.each([
  [CHROME, "Chrome on Linux"],
  [`${CHROME} Edg/151.0`, "Edge on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
    "Safari on iOS",
  ],
  ["curl/8.1", "an unknown browser"],
  [null, "an unknown browser"],
])("%s is %s", (userAgent, words) => {
  expect(nameBrowser(userAgent)).toBe(words);
});
