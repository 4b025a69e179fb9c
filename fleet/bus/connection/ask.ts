import {
  createInbox,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  NoRespondersError,
  TimeoutError,
} from "@nats-io/transport-node";

/**
 * Sends a request and resolves with its answer. Rejects when no answer arrives in time, when nobody
 * listens to the subject, and when the connection is closed.
 */
export type Ask = (
  subject: string,
  payload: Uint8Array | string,
  headers?: MsgHdrs,
) => Promise<Msg>;

interface Question {
  subject: string;
  untilMs: number;
  resolve(answer: Msg): void;
  reject(error: Error): void;
}

/** How often questions without an answer are looked at. They may wait this much longer. */
const TICK_MS = 250;
/** The status of the answer that the server itself sends when nobody listens to a subject. */
const NO_RESPONDERS = 503;

/**
 * Creates a function for the requests of which each mail needs several. `connection.request()` has
 * a timer and two errors for each request; here, all requests share one timer.
 */
export function createAsk(connection: NatsConnection, timeoutMs: number): Ask {
  const inbox = `${createInbox()}.`;
  /** In the order of their deadlines. */
  const questions = new Map<string, Question>();
  let asked = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  function rejectAll(error: Error): void {
    const all = [...questions.values()];
    questions.clear();
    for (const question of all) question.reject(error);
  }

  function expire(): void {
    const nowMs = performance.now();
    for (const [token, question] of questions) {
      if (question.untilMs > nowMs) return;
      questions.delete(token);
      question.reject(new TimeoutError());
    }
    clearInterval(timer);
    timer = undefined;
  }

  connection.subscribe(`${inbox}*`, {
    callback(error, answer) {
      if (error) return rejectAll(error);
      const token = answer.subject.slice(inbox.length);
      const question = questions.get(token);
      if (!question) return;
      questions.delete(token);
      if (answer.data.byteLength === 0 && answer.headers?.code === NO_RESPONDERS)
        question.reject(new NoRespondersError(question.subject));
      else question.resolve(answer);
    },
  });
  void connection
    .closed()
    .then(() => rejectAll(new Error("Cannot get an answer from NATS: the connection is closed")));

  return (subject, payload, headers) =>
    new Promise((resolve, reject) => {
      const token = String(++asked);
      connection.publish(subject, payload, {
        reply: inbox + token,
        ...(headers !== undefined && { headers }),
      });
      questions.set(token, { subject, untilMs: performance.now() + timeoutMs, resolve, reject });
      timer ??= setInterval(expire, TICK_MS);
    });
}
