import type { CommandHandlers } from "../../fleet/relay/answer-commands.ts";

/** Command handlers for tests in which the edge sends no commands to the fleet. */
export const noCommands: CommandHandlers = {
  test_webhook: () => Promise.resolve({ result: "no_webhook" }),
  check_login: () => Promise.resolve({ result: "refused", reason: "internal" }),
  check_token_login: () => Promise.resolve({ result: "unknown", reason: "internal" }),
  read_dead_letter: () => Promise.resolve({ result: "none", reason: "there is no letter" }),
};
