import { errors } from "@nats-io/transport-node";
import * as v from "valibot";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { type Heartbeat, heartbeat } from "./heartbeat.ts";

type Connection = Pick<Bus, "connection">;

/**
 * How long a process may take to answer. A healthy process needs milliseconds. If a process does
 * not answer in time, the asking process takes its place.
 */
const ANSWER_TIMEOUT_MS = 2_000;

const nameQuestion = (instanceId: string) => `ctl.instance.${instanceId}`;
const stateJson = v.pipe(v.string(), v.parseJson(), v.object({ state: heartbeat.entries.state }));

/** Asks the process with this instance id for its state; returns null when no process answers. */
export async function askProcess(
  { connection }: Connection,
  { instanceId, process }: { instanceId: string; process: string },
): Promise<Heartbeat["state"] | null> {
  try {
    const answer = await connection.request(nameQuestion(instanceId), process, {
      timeout: ANSWER_TIMEOUT_MS,
      // The answer goes to `ctl.answer.<process>`, because the fleet's NATS user may publish there.
      // It may not publish to an inbox, which is the usual subject for answers.
      noMux: true,
      reply: `ctl.answer.${process}`,
    });
    const parsed = v.safeParse(stateJson, answer.string());
    return parsed.success ? parsed.output.state : "up";
  } catch (error) {
    const isAlone = error instanceof errors.RequestError && error.isNoResponders();
    if (isAlone || error instanceof errors.TimeoutError) return null;
    throw error;
  }
}

/**
 * Answers each process that starts under our instance id and asks for our state, until `signal`
 * aborts.
 */
export function answerQuestions(
  { bus: { connection }, log }: { bus: Connection; log: Log },
  own: { instanceId: string; process: string; state: () => Heartbeat["state"] },
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  const questions = connection.subscribe(nameQuestion(own.instanceId), {
    callback: (error, message) => {
      if (error) return;
      message.respond(JSON.stringify({ state: own.state() }));
      log.error("instance.duplicated", { other_process: message.string() });
    },
  });
  signal.addEventListener("abort", () => questions.unsubscribe(), { once: true });
}
