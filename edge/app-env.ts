import type { SignedIn } from "../db/admin/admin-sessions.ts";
import type { Db } from "../db/client.ts";
import type { Log } from "../shared/log.ts";
import type { PlacesKind } from "./limits/guards.ts";
import type { Settings } from "./settings.ts";

/** What a handler finds in its context. */
export interface AppEnv {
  Bindings: Settings;
  Variables: {
    /** Names the request in answers and logs. */
    requestId: string;
    log: Log;
    /** Whose connections to the database the request takes; absent: a stranger's. */
    caller?: { places: PlacesKind; owner: string };
    /** Set behind `database`. */
    db: Db;
    /** Set behind `authenticate`. */
    partnerId: string;
    /** Set behind `requireSession`. */
    signedIn: SignedIn;
    /** The parsed body, read when first asked for; set behind `lazyBody`. */
    body: () => Promise<unknown>;
  };
}
