import { parseArgs } from "node:util";
import { benchAdmin } from "./admin.ts";
import { benchAssignment } from "./assignment.ts";
import { benchDelivery } from "./delivery.ts";
import { benchEdge } from "./edge/edge.ts";
import { benchEdgeServer } from "./edge-server.ts";
import { benchIdle } from "./idle.ts";
import { benchLanes } from "./lanes.ts";
import { benchSize } from "./size.ts";
import { benchWebhooks } from "./webhooks.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { users: { type: "string", default: "5000" } },
});

const BENCHMARKS: Record<string, () => void | Promise<void>> = {
  admin: benchAdmin,
  assign: benchAssignment,
  delivery: benchDelivery,
  edge: benchEdge,
  "edge-server": () => benchEdgeServer(),
  idle: () => benchIdle(Number(values.users)),
  lanes: benchLanes,
  size: benchSize,
  webhooks: benchWebhooks,
};

const bench = BENCHMARKS[positionals[0] ?? ""];
if (!bench || !/^[1-9]\d{0,5}$/.test(values.users)) {
  const names = Object.keys(BENCHMARKS).join(" | ");
  console.error(`Usage: npm run bench -- ${names} [--users N]`);
  process.exit(1);
}
await bench();
process.exit(0);
