import type { TracerWatch } from "../mailbox/catch-up/recording/tracer-watch.ts";
import { noteTracers } from "../../db/tracers/tracer-stages.ts";
import type { Db } from "../../db/client.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { observeStages } from "./observe-stages.ts";
import { parseTracerUid, signatureIn, TRACER_HEADER } from "./tracer-mail.ts";
import type { TracerSignatures } from "./tracer-signatures.ts";

/** Recognizes tracers by their signature, and records them in the database. */
export function watchTracers(deps: {
  db: Db;
  log: Log;
  metrics: Pick<Metrics, "tracerStages">;
  signatures: TracerSignatures;
}): TracerWatch {
  const { db, log, metrics, signatures } = deps;
  return {
    async recognise({ account, connection }, headers) {
      const found = new Map<number, string>();
      if (account.tracers === "none") return found;
      const uids = new Map<number, string>();
      for (const { uid, envelope } of headers) {
        const tracerUid = parseTracerUid(envelope.subject);
        if (tracerUid !== undefined) uids.set(uid, tracerUid);
      }
      if (uids.size === 0) return found;
      const fields = await connection.fetchHeaderField([...uids.keys()], TRACER_HEADER);
      for (const [uid, lines] of fields) {
        const signature = signatureIn(lines);
        const tracer = { uid: uids.get(uid) ?? "", userId: account.userId };
        const isOurs = signature !== undefined && (await signatures.isRight(signature, tracer));
        if (isOurs) found.set(uid, tracer.uid);
      }
      return found;
    },
    async note(tracers) {
      try {
        observeStages(metrics, await noteTracers(db, tracers));
      } catch (error) {
        log.warn("tracers.not_noted", { error: toErrorText(error) });
      }
    },
  };
}
