import { expect, test } from "vitest";
import { whyNotSeedable } from "./why-not-seedable.ts";

const LOCAL = "postgres://superimap:secret@127.0.0.1:5433/postgres";

test.each([
  ["development's", LOCAL, ["Demo"], undefined],
  ["an empty one", "postgres://localhost/postgres", [], undefined],
  ["one at IPv6's own address", "postgres://[::1]:5432/postgres", [], undefined],
  ["another machine's", "postgres://u:secret@db.example/postgres", [], /not on this machine/],
  ["one behind a tunnel", LOCAL, ["Demo", "Acme"], /has 1 partners/],
  ["one that was filled before", LOCAL, ["Demo", "Partner 1", "Partner 2"], /has 2 partners/],
])("%s database is judged", (_whose, url, partnerNames, reason) => {
  const found = whyNotSeedable({ url, partnerNames });
  if (reason === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(reason);
  expect(found ?? "").not.toContain("secret");
});
