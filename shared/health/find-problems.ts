import { countWords } from "./count-words.ts";
import { findFleetProblems } from "./fleet-problems.ts";
import type { HealthFacts } from "./health-facts.ts";
import { findMailProblems } from "./mail-problems.ts";
import { findPartnerProblems } from "./partner-problems.ts";
import { type HealthProblem, URGENCIES } from "./problem.ts";

/**
 * Finds what is wrong: the causes, not their symptoms, most urgent first. Says nothing that the
 * facts do not show.
 */
export function findProblems(facts: HealthFacts): HealthProblem[] {
  const found = [
    ...findFleetProblems(facts),
    ...findPartnerProblems(facts),
    ...findMailProblems(facts),
    ...deadLetterProblems(facts),
    ...passwordProblems(facts),
  ];
  return URGENCIES.flatMap((urgency) => found.filter((problem) => problem.urgency === urgency));
}

function deadLetterProblems({ deadLetters: { letters, sinceMs } }: HealthFacts): HealthProblem[] {
  if (letters === 0) return [];
  return [
    {
      name: "DeadLetters",
      subject: "",
      urgency: "ticket",
      sinceMs,
      cause: "Events became dead letters within the last hour, because all retries failed",
      effect: `${countWords(letters, "event")} ${letters === 1 ? "waits" : "wait"} as dead letters.`,
      advice: "Find out why the endpoint failed, then redeliver them.",
      href: "/admin/dead-letters",
    },
  ];
}

function passwordProblems({ defaultPasswords }: HealthFacts): HealthProblem[] {
  if (defaultPasswords === 0) return [];
  return [
    {
      name: "DefaultPassword",
      subject: "",
      urgency: "ticket",
      sinceMs: null,
      cause: "An admin still uses the default password",
      effect: "Anyone can sign in.",
      advice: "Change it.",
      href: "/admin/account",
    },
  ];
}
