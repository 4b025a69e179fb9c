import type { SignedInAdmin } from "../db/admin/admin-sessions.ts";
import type { WholeDb } from "../db/client.ts";
import type { Log } from "../shared/log.ts";
import type { LinkContext } from "./connect/page/link-context.ts";
import type { PlacesKind } from "./limits/guards.ts";
import type { Enter } from "./middleware/enter.ts";
import type { IdempotentAttempt } from "./middleware/idempotency.ts";
import type { Platform } from "./platform.ts";
import type { AppSettings } from "./settings.ts";

/** The admin who sent the request. An API token may lower the role. */
export type SignedInCaller = SignedInAdmin & {
  by: { kind: "session"; sessionId: string } | { kind: "api-token"; tokenId: string };
};

/** The types of Hono's context in handlers. */
export interface AppEnv {
  Bindings: AppSettings & Platform;
  Variables: {
    /** The request's id in answers and logs. */
    requestId: string;
    log: Log;
    /**
     * The caller for whom the request takes a place, which is a permit for a database connection.
     * Undefined while the caller is unknown.
     */
    caller?: { places: PlacesKind; owner: string };
    /** Set by the middleware `database`. */
    db: WholeDb;
    /**
     * Set by a route whose answer is still being sent when the handler returns: settles, and never
     * rejects, when it is sent. Until then the database stays open.
     */
    sending?: Promise<void>;
    /** Set by the middleware `authenticate`. */
    enter: Enter;
    hasEntered?: boolean;
    /** Set by `enter()`. */
    partnerId: string;
    /** Set by the middleware `idempotency`. */
    idempotency?: IdempotentAttempt;
    /** The language that a connect link asks for with `lang`. Set by the connect pages. */
    language?: string | null;
    /** Set by the connect pages as soon as the link's user is found. */
    linkContext?: LinkContext;
    /** Set by the middleware `requireSession`. */
    signedIn: SignedInCaller;
    /**
     * Reads and parses the body at the first call. Set by the middleware `lazyBody` or `jsonBody`.
     */
    body: () => Promise<unknown>;
  };
}
