import type { SignedInAdmin } from "../db/admin/admin-sessions.ts";
import type { Db } from "../db/client.ts";
import type { Log } from "../shared/log.ts";
import type { PlacesKind } from "./limits/guards.ts";
import type { Settings } from "./settings.ts";

/** The types of a handler's context. */
export interface AppEnv {
  Bindings: Settings;
  Variables: {
    /** The request's id in answers and logs. */
    requestId: string;
    log: Log;
    /**
     * The caller whose share of database connections the request uses; absent for an unknown
     * caller.
     */
    caller?: { places: PlacesKind; owner: string };
    /** Set by `database`. */
    db: Db;
    /** Set by `authenticate`. */
    partnerId: string;
    /** Set by `requireSession`. */
    signedIn: SignedInAdmin;
    /**
     * Returns the parsed body, which is read at the first call; set by `lazyBody` or `jsonBody`.
     */
    body: () => Promise<unknown>;
  };
}
