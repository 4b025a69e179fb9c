import { expect, test } from "vitest";
import { isTooOldNats } from "./nats-version.ts";

test.each(["2.10.5", "2.10.29", "2.12.2", "2.11.0-RC.1", "2.15.1", "3.0.0"])(
  "nats-server %s is accepted",
  (version) => {
    expect(isTooOldNats(version)).toBe(false);
  },
);

test.each(["2.10.4", "2.10.0", "2.9.10", "2.9.99-beta", "1.99.0", "", "x.y", undefined])(
  "nats-server %s is too old",
  (version) => {
    expect(isTooOldNats(version)).toBe(true);
  },
);
