import { Buffer } from "node:buffer";
import { type CommandHandlers, commandDesk } from "../../fleet/relay/answer-commands.ts";
import { systemClock } from "../../shared/clock.ts";
import type { DeadLetterAnswer, TestWebhookAnswer } from "../../shared/commands.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import type { EdgeStack } from "../harness/stacks/edge-stack.ts";
import { newTestLog } from "../harness/test-log.ts";

const DELIVERED: TestWebhookAnswer = {
  result: "response",
  status: 204,
  answer: "",
  duration_ms: 1,
};
const TEXT: DeadLetterAnswer = {
  result: "text",
  mail: { subject: "Hi", from: null, to: null, date: null, text: "Hello", attachments: [] },
};
const EML: DeadLetterAnswer = {
  result: "eml",
  rfc822_base64: Buffer.from("Subject: Hi\r\n\r\nHello\r\n").toString("base64"),
};

const HANDLERS: CommandHandlers = {
  test_webhook: () => Promise.resolve(DELIVERED),
  check_login: () => Promise.resolve({ result: "accepted" }),
  check_token_login: ({ usernames: [username = ""] }) =>
    Promise.resolve({ result: "accepted", username }),
  read_dead_letter: ({ as }) => Promise.resolve(as === "eml" ? EML : TEXT),
};

/**
 * Answers the commands of an edge in place of the fleet, until disposed. Each answer is a success,
 * unless `handlers` overrides it.
 */
export function startAnsweringFleet(
  { db, vaults }: EdgeStack,
  handlers: Partial<CommandHandlers> = {},
): AsyncDisposable {
  const stop = new AbortController();
  const log = newTestLog();
  const desk = commandDesk({
    db,
    log,
    mailboxVault: vaults.mailbox,
    partnerVault: vaults.partner,
    handlers: { ...HANDLERS, ...handlers },
  });
  const taking = repeat(
    { clock: systemClock, log },
    { name: "commands", everyMs: 20, work: () => desk.takeAll() },
  );
  const running = taking.run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await desk.finish();
    },
  };
}
