import { expect, test } from "vitest";
import { refuseOldServer } from "./server-version.ts";

test.each(["2.10.0", "2.10.29", "2.12.2", "2.11.0-RC.1", "3.0.0"])(
  "%s is new enough",
  (version) => {
    expect(() => refuseOldServer(version)).not.toThrow();
  },
);

test.each(["2.9.10", "1.99.0", "2.9.99-beta", "", "x.y", undefined])("%s is refused", (version) => {
  expect(() => refuseOldServer(version)).toThrow(/wanted 2\.10 or later/);
});
