import { Hono } from "hono";
import type { AppEnv } from "../../app-env.ts";
import {
  getLetter,
  getLetterCounts,
  getLetterEml,
  getLetterGroups,
  getLetterMail,
  getLetters,
} from "../dead-letters/dead-letters.ts";
import {
  deleteLetter,
  deleteLetters,
  redeliverLetter,
  redeliverLetters,
} from "../dead-letters/letter-requests.ts";
import { getDeliveries } from "../deliveries/deliveries.ts";
import { getAttempts, getEvent } from "../mail-log/events.ts";
import { getMailLog } from "../mail-log/mail-log.ts";
import { getOverview } from "./overview.ts";
import { getTracerLog } from "../tracers/tracer-log.ts";

/** Routes for the overview, mails and their attempts, retries, dead letters and tracers. */
export const trafficApi = new Hono<AppEnv>()
  .get("/overview", ...getOverview)
  .get("/users/:id/mail-log", ...getMailLog)
  .get("/events/:id", ...getEvent)
  .get("/events/:id/attempts", ...getAttempts)
  .get("/deliveries", ...getDeliveries)
  .get("/dead-letters", ...getLetters)
  .get("/dead-letters/counts", ...getLetterCounts)
  .get("/dead-letters/groups", ...getLetterGroups)
  .post("/dead-letters/redeliver", ...redeliverLetters)
  .post("/dead-letters/delete", ...deleteLetters)
  .get("/dead-letters/:id", ...getLetter)
  .delete("/dead-letters/:id", ...deleteLetter)
  .get("/dead-letters/:id/mail", ...getLetterMail)
  .get("/dead-letters/:id/eml", ...getLetterEml)
  .post("/dead-letters/:id/redeliver", ...redeliverLetter)
  .get("/tracer-log", ...getTracerLog);
