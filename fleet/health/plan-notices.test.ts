import { expect, test } from "vitest";
import { type Known, planNotices } from "./plan-notices.ts";

const NOW_MS = 10_000_000;
const at = (secondsAgo: number) => new Date(NOW_MS - secondsAgo * 1_000);

const known = (more: Partial<Known>): Known => ({
  key: "EndpointSlow/prt_1",
  urgency: "ticket",
  firstSeenAt: at(30),
  seenAt: at(5),
  announcedAt: null,
  ...more,
});

test.each<[string, Partial<Known>, "begun" | "ended" | "nothing"]>([
  ["a new problem", { firstSeenAt: at(10) }, "nothing"],
  ["a problem that lasts", {}, "begun"],
  ["one that was announced", { announcedAt: at(5) }, "nothing"],
  ["information", { urgency: "info" }, "nothing"],
  ["a marked problem", { key: "marked" }, "nothing"],
  ["one that was not found once", { seenAt: at(30), announcedAt: at(40) }, "nothing"],
  ["one that is over", { seenAt: at(61), announcedAt: at(90) }, "ended"],
  ["one that is over and was never announced", { seenAt: at(61) }, "ended"],
])("%s", (_what, more, expected) => {
  const one = known(more);
  expect(planNotices([one], [{ key: "marked" }], NOW_MS)).toEqual({
    begun: expected === "begun" ? [one] : [],
    ended: expected === "ended" ? [one] : [],
  });
});
