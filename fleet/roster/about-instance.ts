import manifest from "../../package.json" with { type: "json" };
import type { Bus } from "../bus/bus.ts";
import type { Heartbeat } from "./heartbeat.ts";

type About = Pick<Heartbeat, "version" | "region" | "nats_version">;

/**
 * Returns facts about this instance that are only displayed. Call it for each heartbeat: after a
 * reconnect, the NATS server may be another one.
 */
export const aboutInstance = ({ connection }: Bus, region: string): About => ({
  version: manifest.version,
  region: region || undefined,
  nats_version: connection.info?.version,
});
