import { openNeonDatabase } from "../../db/drivers/neon-database.ts";
import { testPoolGuarantees } from "../postgres/pool-guarantees.ts";

testPoolGuarantees({
  open({ url, proxy }, network, options) {
    return openNeonDatabase({ ...options, url, proxy: network?.address ?? proxy });
  },
  findServer: ({ proxy }) => proxy,
});
