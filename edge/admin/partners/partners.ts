import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import type { Db } from "../../../db/client.ts";
import { countUpTo } from "../../../db/count-up-to.ts";
import {
  countPartners,
  type ListedPartner,
  listPartners,
  isStoredTrouble,
  PARTNER_ORDERS,
  type PartnerCounts,
  type PartnerSearch,
  selectMatchingPartners,
} from "../../../db/partners/partner-list.ts";
import { readHealthFacts } from "../../../db/health/read-facts.ts";
import { openWebhooks } from "../../../db/partners/partner-webhooks.ts";
import { readRemoval } from "../../../db/removal/partner-removal.ts";
import { findPartnerProblems } from "../../../shared/health/partner-problems.ts";
import { PARTNER_TROUBLES, type PartnerTrouble } from "../../../shared/health/partner-troubles.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { line } from "../../text.ts";
import { oneMore, pageFields, sortField } from "../page.ts";
import { mustFindPartner } from "./must-find-partner.ts";
import { changedPartner, confirmation, newPartner } from "./partner-fields.ts";
import {
  changePartner,
  makePartner,
  pausePartner,
  removeWholePartner,
  resumePartner,
} from "./partner-writes.ts";
import { PAUSED_BY, showLane } from "../../partners/lane-schemas.ts";
import { showPartnerSettings } from "./partner-settings.ts";

const all = createFactory<AppEnv, "/partners">();
const one = createFactory<AppEnv, "/partners/:id">();

const TROUBLES = Object.keys(PARTNER_TROUBLES) as [PartnerTrouble, ...PartnerTrouble[]];

const partnerSearch = v.object({
  ...pageFields("prt"),
  name: v.optional(line(100)),
  trouble: v.optional(v.picklist(TROUBLES, `must be one of ${TROUBLES.join(", ")}`)),
  sort: sortField(PARTNER_ORDERS),
});

/** Lists partners, sorted by name if no other order is requested. */
export const getPartners = all.createHandlers(validQuery(partnerSearch), async (c) => {
  const { limit, cursor, sort, name, trouble } = c.req.valid("query");
  const { db } = c.var;
  const asked = { name, ...(await toTroubleSearch(db, trouble)) };
  const page = { order: sort, after: cursor, limit: oneMore(limit) };
  const found = await listPartners(db, asked, page);
  const rows = found.slice(0, limit);
  const ids = rows.map(({ partner }) => partner.id);
  const counts = await countPartners(db, ids);
  const partners = await Promise.all(
    rows.map(async (row) => showPartner(await opened(c, row), counts.get(row.partner.id))),
  );
  const next_cursor = found.length > limit ? (ids.at(-1) ?? null) : null;
  const total = await countUpTo(db, selectMatchingPartners(db, asked));
  return c.json({ partners, next_cursor, total }, 200);
});

/** A trouble that no column shows is found by the health model, as on the overview. */
async function toTroubleSearch(
  db: Db,
  trouble: PartnerTrouble | undefined,
): Promise<PartnerSearch> {
  if (trouble === undefined || isStoredTrouble(trouble)) return { trouble };
  const problems = findPartnerProblems(await readHealthFacts(db));
  const meant = problems.filter(({ name }) => name === PARTNER_TROUBLES[trouble]);
  return { ids: meant.map(({ subject }) => subject) };
}

/** Creates a partner. The API key and the webhook secret are shown only in this answer. */
export const postPartner = all.createHandlers(validBody(newPartner), async (c) => {
  const made = await makePartner(c, c.req.valid("json"));
  const partner = await shownPartner(c, made.id);
  const secrets = { api_key: made.apiKey, webhook_secret: made.webhookSecret };
  return c.json({ partner, ...secrets }, 201);
});

export const getPartner = one.createHandlers(async (c) =>
  c.json(await shownPartner(c, c.req.param("id")), 200),
);

export const patchPartner = one.createHandlers(validBody(changedPartner), async (c) => {
  const id = c.req.param("id");
  await changePartner(c, id, c.req.valid("json"));
  return c.json(await shownPartner(c, id), 200);
});

/**
 * Removes a partner and everything that belongs to it. The partner's own row is deleted last, so
 * the API still shows the partner until then.
 */
export const deletePartner = one.createHandlers(validBody(confirmation), async (c) => {
  const id = c.req.param("id");
  const removal = await removeWholePartner(c, id, c.req.valid("json").name);
  return c.json({ removal }, removal ? 202 : 200);
});

export const postPartnerPause = createFactory<AppEnv, "/partners/:id/pause">().createHandlers(
  async (c) => {
    await pausePartner(c, c.req.param("id"));
    return c.json(await shownPartner(c, c.req.param("id")), 200);
  },
);

export const postPartnerResume = createFactory<AppEnv, "/partners/:id/resume">().createHandlers(
  async (c) => {
    await resumePartner(c, c.req.param("id"));
    return c.json(await shownPartner(c, c.req.param("id")), 200);
  },
);

async function shownPartner(c: Context<AppEnv>, id: string) {
  const found = await mustFindPartner(c.var.db, id);
  const counts = await countPartners(c.var.db, [id]);
  const isGoing = found.partner.removedAt !== null;
  const removal = isGoing ? await readRemoval(c.var.db, id) : null;
  return { ...showPartner(await opened(c, found), counts.get(id)), removal };
}

const opened = async (c: Context<AppEnv>, row: ListedPartner): Promise<ListedPartner> => ({
  ...row,
  partner: await openWebhooks(c.env.partnerVault, row.partner),
});

const showPartner = (found: ListedPartner, counts: PartnerCounts | undefined) => {
  const { partner } = found;
  return {
    id: partner.id,
    ...showPartnerSettings(partner),
    paused_at: partner.pausedAt?.toISOString() ?? null,
    paused_by: partner.pausedReason && PAUSED_BY[partner.pausedReason],
    lane: showLane(found, "admin"),
    /**
     * Since when no mail is read because the partner's quota is used up; null when mail is read.
     */
    ingest_paused_at: found.lane?.ingestPausedAt?.toISOString() ?? null,
    /**
     * Since when given-up events cannot become dead letters, because the partner's space in the
     * stream DEAD is full. Null when there is space.
     */
    letters_full_at: found.lane?.lettersFullAt?.toISOString() ?? null,
    connections_count: counts?.connections ?? 0,
    /** The number of users in each state. A state without users is left out. */
    users_by_state: counts?.users ?? {},
    created_at: partner.createdAt.toISOString(),
    /** When the removal of the partner began; null when the partner is not being removed. */
    removed_at: partner.removedAt?.toISOString() ?? null,
  };
};
