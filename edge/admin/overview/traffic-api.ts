import { Hono } from "hono";
import type { AppEnv } from "../../app-env.ts";
import {
  getAllLetterCounts,
  getAllLetters,
  getAnyLetter,
  getAnyLetterEml,
  getLetterGroups,
  getLetterMail,
} from "../dead-letters/dead-letters.ts";
import {
  deleteAnyLetter,
  deleteChosenLetters,
  redeliverAnyLetter,
  redeliverChosenLetters,
} from "../dead-letters/letter-requests.ts";
import { getAllAttempts } from "../deliveries/attempt-list.ts";
import { getDeliveries } from "../deliveries/deliveries.ts";
import { getAttempts, getEvent } from "../events/events.ts";
import { getAllEvents } from "../events/event-list.ts";
import { getEventStates, resendEvents } from "../events/resend.ts";
import { getEventCsv } from "../events/event-csv.ts";
import { getMailLog } from "../events/mail-log.ts";
import { getOverview } from "./overview.ts";
import { getWholeTracerLog } from "../tracers/tracer-log.ts";
import { getTraffic, getTrafficShares } from "../traffic/traffic.ts";

/** Routes for the overview, mails and their attempts, retries, dead letters, tracers and charts. */
export const trafficApi = new Hono<AppEnv>()
  .get("/overview", ...getOverview)
  .get("/users/:id/mail-log", ...getMailLog)
  .get("/events", ...getAllEvents)
  .get("/events.csv", ...getEventCsv)
  .post("/events/resend", ...resendEvents)
  .get("/events/states", ...getEventStates)
  .get("/events/:id", ...getEvent)
  .get("/events/:id/attempts", ...getAttempts)
  .get("/attempts", ...getAllAttempts)
  .get("/deliveries", ...getDeliveries)
  .get("/dead-letters", ...getAllLetters)
  .get("/dead-letters/counts", ...getAllLetterCounts)
  .get("/dead-letters/groups", ...getLetterGroups)
  .post("/dead-letters/redeliver", ...redeliverChosenLetters)
  .post("/dead-letters/delete", ...deleteChosenLetters)
  .get("/dead-letters/:id", ...getAnyLetter)
  .delete("/dead-letters/:id", ...deleteAnyLetter)
  .get("/dead-letters/:id/mail", ...getLetterMail)
  .get("/dead-letters/:id/eml", ...getAnyLetterEml)
  .post("/dead-letters/:id/redeliver", ...redeliverAnyLetter)
  .get("/tracer-log", ...getWholeTracerLog)
  .get("/traffic", ...getTraffic)
  .get("/traffic/shares", ...getTrafficShares);
