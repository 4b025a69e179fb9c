import * as v from "valibot";
import { parseEnv } from "../shared/env.ts";
import { isPrivateHost, usesTls } from "../shared/network/database-url.ts";
import { productionRules } from "../shared/network/production.ts";
import { deliverySettings } from "./settings/delivery-settings.ts";
import { observationSettings } from "./settings/observation-settings.ts";
import { noticeSettings } from "./settings/notice-settings.ts";
import { processSettings } from "./settings/process-settings.ts";
import { readingSettings } from "./settings/reading-settings.ts";
import { retentionSettings } from "./settings/retention-settings.ts";
import { serverSettings } from "./settings/server-settings.ts";

/** All settings of a fleet process, with their defaults. */
export const fleetSettings = v.object({
  ...processSettings,
  ...serverSettings,
  ...readingSettings,
  ...deliverySettings,
  ...observationSettings,
  ...retentionSettings,
  ...noticeSettings,
});

export type FleetSettings = v.InferOutput<typeof fleetSettings>;

/**
 * Parses the settings of a process from its environment.
 *
 * @throws {EnvError} whose message names every fault, but no value.
 */
export const readSettings = (env: Readonly<Record<string, unknown>>): FleetSettings =>
  parseEnv(v.pipe(fleetSettings, productionRules(judgeDatabase)), env);

/**
 * In production, a Postgres outside of the private network must be reached with TLS. Without TLS,
 * others could read the data on its way.
 */
const judgeDatabase = ({ DATABASE_URL: url, DATABASE_CA_FILE: caFile }: FleetSettings) => ({
  DATABASE_URL: !usesTls(url, caFile) && !isPrivateHost(url) && "must have sslmode=verify-full",
});
