const SUBJECTS = ["partners", "connections", "users", "mails remembered"] as const;
type Subject = (typeof SUBJECTS)[number];

/** Counts what an import has done, prints what could not be imported, and returns a summary. */
export interface Report {
  took(subject: Subject, count?: number): void;
  /** Counts rows that an earlier import has already created. */
  knew(subject: Subject, count?: number): void;
  /**
   * Reports what was left out: a row with everything that depends on it, or a part of a row, such
   * as an invalid URL. `row` must contain no secrets.
   */
  leftOut(row: string, why: string): void;
  say(line: string): void;
  faults(): number;
  summary(): string;
}

export function newReport(deps: {
  say: (line: string) => void;
  complain: (line: string) => void;
}): Report {
  const [taken, known] = [new Map<Subject, number>(), new Map<Subject, number>()];
  let faults = 0;
  const add = (counts: Map<Subject, number>, subject: Subject, count: number) =>
    counts.set(subject, (counts.get(subject) ?? 0) + count);
  const line = (subject: Subject) =>
    `${subject.padEnd(16)}  ${taken.get(subject) ?? 0} new, ${known.get(subject) ?? 0} known`;
  return {
    took: (subject, count = 1) => void add(taken, subject, count),
    knew: (subject, count = 1) => void add(known, subject, count),
    leftOut(row, why) {
      faults += 1;
      deps.complain(`Left out: ${row}: ${why}`);
    },
    say: deps.say,
    faults: () => faults,
    summary: () => [...SUBJECTS.map(line), `${"left out".padEnd(16)}  ${faults}`].join("\n"),
  };
}
