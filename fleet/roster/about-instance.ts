import manifest from "../../package.json" with { type: "json" };
import type { Bus } from "../bus/bus.ts";
import type { Heartbeat } from "./heartbeat.ts";

type About = Pick<Heartbeat, "version" | "region" | "nats_version">;

/** Returns what people see about an instance. The NATS server may have changed since the last heartbeat. */
export const aboutInstance = ({ connection }: Bus, region: string): About => ({
  version: manifest.version,
  region: region || undefined,
  nats_version: connection.info?.version,
});
