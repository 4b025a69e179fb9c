import { expect, test } from "vitest";
import { planTrim } from "./plan-trim.ts";

const quick = { partnerId: "quick", from: Infinity };
const slow = { partnerId: "slow", from: 40 };
const dead = { partnerId: "dead", from: 7 };

test.each([
  { name: "nobody needs anything", needs: [quick], cutoff: 50, allBelow: 50, ofPartners: [] },
  { name: "there are no lanes", needs: [], cutoff: 50, allBelow: 50, ofPartners: [] },
  { name: "all is young", needs: [quick, dead], cutoff: 1, allBelow: 1, ofPartners: [] },
  {
    name: "one lags",
    needs: [quick, dead, slow],
    cutoff: 50,
    allBelow: 7,
    ofPartners: [
      { partnerId: "quick", below: 50 },
      { partnerId: "slow", below: 40 },
    ],
  },
  {
    name: "one has no lane yet, and may need all",
    needs: [quick, { partnerId: "new", from: 0 }],
    cutoff: 50,
    allBelow: 0,
    ofPartners: [{ partnerId: "quick", below: 50 }],
  },
])("of a stream that is filling, when $name", ({ needs, cutoff, allBelow, ofPartners }) => {
  expect(planTrim(needs, { cutoff, isFilling: true })).toEqual({ allBelow, ofPartners });
  expect(planTrim(needs, { cutoff, isFilling: false })).toEqual({ allBelow, ofPartners: [] });
});
