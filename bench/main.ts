import { parseArgs } from "node:util";
import { benchAdmin } from "./admin.ts";
import { benchAssignment } from "./assignment.ts";
import { benchConnect } from "./connect.ts";
import { benchDelivery } from "./delivery.ts";
import { benchEdge } from "./edge/edge.ts";
import { benchEdgeServer } from "./edge-server.ts";
import { benchIdle } from "./idle.ts";
import { benchLanes } from "./lanes.ts";
import { benchSize } from "./size.ts";
import { benchWebhooks } from "./webhooks.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    users: { type: "string" },
    rate: { type: "string", default: "50" },
    seconds: { type: "string", default: "20" },
    burst: { type: "string", default: "10000" },
  },
});

const BENCHMARKS: Record<string, () => void | Promise<void>> = {
  admin: benchAdmin,
  assign: benchAssignment,
  connect: () => benchConnect(Number(values.users ?? 5_000)),
  delivery: () =>
    benchDelivery({
      users: Number(values.users ?? 1_000),
      rate: Number(values.rate),
      seconds: Number(values.seconds),
      burst: Number(values.burst),
    }),
  edge: benchEdge,
  "edge-server": () => benchEdgeServer(),
  idle: () => benchIdle(Number(values.users ?? 5_000)),
  lanes: benchLanes,
  size: benchSize,
  webhooks: benchWebhooks,
};

const bench = BENCHMARKS[positionals[0] ?? ""];
if (!bench || !Object.values(values).every((value) => /^\d{1,6}$/.test(value))) {
  const names = Object.keys(BENCHMARKS).join(" | ");
  console.error(
    `Usage: npm run bench -- ${names} [--users N] [--rate N] [--seconds N] [--burst N]`,
  );
  process.exit(1);
}
await bench();
process.exit(0);
