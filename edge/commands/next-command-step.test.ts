import { expect, test } from "vitest";
import type { CommandProgress } from "../../db/fleet/commands.ts";
import {
  ANSWER_TIMEOUT_MS,
  type CommandStep,
  nextCommandStep,
  TAKE_TIMEOUT_MS,
} from "./next-command-step.ts";

const waiting: CommandProgress = { step: "waiting" };
const taken: CommandProgress = { step: "taken" };
const answered: CommandProgress = { step: "answered", sealedAnswer: "sealed" };

const cases: [what: string, progress: CommandProgress, waitedMs: number, next: CommandStep][] = [
  ["waits for the fleet to take it", waiting, TAKE_TIMEOUT_MS - 1, { step: "wait" }],
  ["withdraws what nobody took", waiting, TAKE_TIMEOUT_MS, { step: "withdraw" }],
  ["waits for the answer of a fleet that took it", taken, ANSWER_TIMEOUT_MS - 1, { step: "wait" }],
  ["gives up on a fleet that does not answer", taken, ANSWER_TIMEOUT_MS, { step: "give-up" }],
  [
    "takes an answer, however late",
    answered,
    ANSWER_TIMEOUT_MS,
    { step: "answer", sealedAnswer: "sealed" },
  ],
];

test.each(cases)("nextCommandStep() %s", (_what, progress, waitedMs, next) => {
  expect(nextCommandStep(progress, waitedMs)).toEqual(next);
});
