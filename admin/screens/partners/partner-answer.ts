import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** A partner, as the admin API returns it. */
export type ShownPartner = InferResponseType<(typeof api.partners)[":id"]["$get"], 200>;
export type PartnerListItem = InferResponseType<typeof api.partners.$get, 200>["partners"][number];
