import { is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import * as admin from "../../db/admin/tables.ts";
import * as deliveries from "../../db/deliveries/tables.ts";
import * as fleet from "../../db/fleet/tables.ts";
import * as mail from "../../db/mail/tables.ts";
import * as partners from "../../db/partners/tables.ts";
import * as removal from "../../db/removal/tables.ts";
import * as tracers from "../../db/tracers/tables.ts";
import * as traffic from "../../db/traffic/tables.ts";
import * as users from "../../db/users/tables.ts";

/** The tables of all subfolders of db/. */
export const ALL_TABLES: PgTable[] = [
  admin,
  deliveries,
  fleet,
  mail,
  partners,
  removal,
  tracers,
  traffic,
  users,
]
  .flatMap((folder): unknown[] => Object.values(folder))
  .filter((value) => is(value, PgTable));
