import { expect, test } from "vitest";
import { seededRandom } from "../imap-server/chaos/seeded-random.ts";
import { IdleWatch } from "../../fleet/imap/idle-watch.ts";
import type { IdleWatchHost } from "../../fleet/imap/idle-watch-host.ts";

/** The probability of each fault of a simulated server, from 0 (never) to 1 (always). */
interface Habits {
  forgetsExists: number;
  leavesOutRows: number;
  /**
   * The probability that a new mail is missing from SEARCH and FETCH until the end of the next
   * FETCH.
   */
  showsLate: number;
  garbles: number;
}

const HONEST: Habits = { forgetsExists: 0, leavesOutRows: 0, showsLate: 0, garbles: 0 };

/**
 * A simulated mailbox and the IdleWatch under test. Random steps drive both: arrivals, expunges,
 * flags, pieces of input, deadlines, and records of mails.
 */
class Run {
  readonly #random: () => number;
  #habits: Habits;
  readonly #server: { uid: number; isHidden: boolean }[] = [];
  #uidNext = 1;
  #input = "";
  #output = "";
  #idleTag: string | null = null;
  #unrecorded: number[] = [];
  #isRecording = false;
  /** Whether the watch has announced new mail and waits until the test calls `read()`. */
  #mayRead = false;
  readonly delivered: number[] = [];
  /** The rules that the watch has broken. */
  readonly faults: string[] = [];
  ended: string | null = null;
  readonly watch: IdleWatch;

  constructor(seed: number, habits: Habits) {
    this.#random = seededRandom(seed);
    this.#habits = habits;
    const host: IdleWatchHost = {
      write: (_, text) => void (this.#input += text),
      setDeadline: () => undefined,
      onAnnounced: () => void (this.#mayRead = true),
      onMails: (_, mails) => {
        if (this.#isRecording) this.faults.push("read on before all was recorded");
        this.#isRecording = true;
        this.#unrecorded = mails.map(({ uid }) => uid);
      },
      onLooked: () => undefined,
      onRest: (_, why) => void (this.ended = why),
      onEnd: (_, { why }) => void (this.ended = why),
    };
    const mailbox = { uidValidity: 1, lastUid: 0, exists: 0, present: [], hasLabels: false };
    this.watch = new IdleWatch(host, { commandMs: 1_000, lookMs: 60_000 }, mailbox);
    this.watch.begin();
  }

  get uids() {
    return this.#server.map(({ uid }) => uid);
  }

  step(): void {
    this.#step();
    // The server answers commands in only 70 % of the steps, so it is sometimes late.
    if (this.#chance(0.7)) this.#serve();
  }

  /** Makes the server honest, adds no more mail, and lets time pass until all mail is read. */
  settle(): void {
    this.#habits = HONEST;
    for (const mail of this.#server) mail.isHidden = false;
    for (let round = 0; round < 60 && this.ended === null; round++) {
      this.#serve();
      this.#pass(this.#output.length);
      this.#record();
      this.#passDeadline();
    }
  }

  #step(): void {
    const dice = this.#random();
    // Some mails come in groups that need more than one FETCH.
    if (dice < 0.05) for (let n = this.#chance(0.1) ? 30 : 1; n > 0; n--) this.#append();
    else if (dice < 0.08) this.#expunge();
    else if (dice < 0.12) this.#say("* 1 FETCH (FLAGS (\\Seen))");
    else if (dice < 0.75) this.#pass(1 + Math.floor(this.#random() * 100));
    else if (dice < 0.9) this.#record();
    else this.#passDeadline();
  }

  /**
   * Simulates that the time limit of an IDLE passes. The time limit of a command never passes,
   * because this server answers all commands.
   */
  #passDeadline(): void {
    if (this.#idleTag !== null && this.#input === "" && this.#output === "") this.watch.onDue();
  }

  #append(): void {
    this.#server.push({ uid: this.#uidNext, isHidden: this.#chance(this.#habits.showsLate) });
    this.#uidNext += 1 + Math.floor(this.#random() * 3);
    if (!this.#chance(this.#habits.forgetsExists)) this.#say(`* ${this.#server.length} EXISTS`);
  }

  #expunge(): void {
    if (this.#server.length === 0) return;
    const at = Math.floor(this.#random() * this.#server.length);
    // Expunges only mail that was delivered, because an expunged mail can no longer be read.
    if ((this.#server[at]?.uid ?? 0) > (this.delivered.at(-1) ?? 0)) return;
    this.#server.splice(at, 1);
    this.#say(`* ${at + 1} EXPUNGE`);
  }

  #record(): void {
    if (this.#mayRead) this.watch.read();
    this.#mayRead = false;
    if (!this.#isRecording) return;
    this.delivered.push(...this.#unrecorded);
    this.#isRecording = false;
    this.watch.onRecorded();
  }

  /** Passes the next bytes from the server to the watch. */
  #pass(count: number): void {
    const bytes = this.#output.slice(0, count);
    this.#output = this.#output.slice(count);
    if (bytes !== "") this.watch.receive(Buffer.from(bytes, "latin1"));
  }

  #serve(): void {
    for (;;) {
      const end = this.#input.indexOf("\r\n");
      if (end === -1) return;
      const line = this.#input.slice(0, end);
      this.#input = this.#input.slice(end + 2);
      this.#answer(line);
    }
  }

  #answer(line: string): void {
    if (line === "DONE") {
      if (this.#idleTag === null) this.faults.push("DONE without IDLE");
      this.#say(`${this.#idleTag} OK`);
      this.#idleTag = null;
      return;
    }
    // RFC 2177: during IDLE, the client may send only DONE.
    if (this.#idleTag !== null) this.faults.push("a command during IDLE");
    const [, tag = "", command = "", first = "0", last = "*"] =
      /^(W\d+) (IDLE|UID SEARCH UID|UID FETCH) ?(\d*):?(\d*|\*)/.exec(line) ?? [];
    if (command === "IDLE") {
      this.#idleTag = tag;
      this.#say("+ idling");
      return;
    }
    const shown = this.#server.filter(({ isHidden }) => !isHidden).map(({ uid }) => uid);
    const found = shown.filter((uid) => uid >= Number(first) || uid === shown.at(-1));
    if (command === "UID SEARCH UID") this.#say(["* SEARCH", ...found].join(" "));
    else for (const uid of found) if (uid <= Number(last)) this.#sendRow(uid);
    this.#say(`${tag} OK`);
    // A hidden mail appears after this FETCH.
    if (command === "UID FETCH") for (const mail of this.#server) mail.isHidden = false;
  }

  #sendRow(uid: number): void {
    if (this.#chance(this.#habits.leavesOutRows)) return;
    const body = `mail ${uid}\r\n{5}\r\n`;
    this.#say(
      `* 1 FETCH (UID ${uid} INTERNALDATE "30-Nov-2026 10:00:00 +0000" RFC822.SIZE ${body.length} BODY[]<0> {${body.length}}\r\n${body})`,
    );
  }

  #say(line: string): void {
    this.#output += `${this.#chance(this.#habits.garbles) ? line.slice(1) : line}\r\n`;
  }

  #chance = (share: number) => this.#random() < share;
}

const RUNS = 300;
const STEPS = 300;

function play(seed: number, habits: Habits): Run {
  const run = new Run(seed, habits);
  for (let step = 0; step < STEPS && run.ended === null; step++) run.step();
  run.settle();
  return run;
}

const ascending = (uids: readonly number[]) => [...new Set(uids)].toSorted((a, b) => a - b);

test.each([
  ["is honest", HONEST],
  ["forgets to announce mail", { ...HONEST, forgetsExists: 0.5 }],
])("every mail of a server that %s is read once, in order", (_what, habits) => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const run = play(seed, habits);
    expect(run.ended, `seed ${seed}`).toBe(null);
    expect(run.faults, `seed ${seed}`).toEqual([]);
    expect(run.delivered, `seed ${seed}`).toEqual(ascending(run.delivered));
    const missing = run.uids.filter((uid) => !run.delivered.includes(uid));
    expect(missing, `seed ${seed}`).toEqual([]);
  }
});

test.each([
  ["leaves out rows", { ...HONEST, leavesOutRows: 0.1 }],
  ["shows mail late", { ...HONEST, showsLate: 0.2 }],
  ["sends lines that cannot be read", { ...HONEST, garbles: 0.01 }],
  ["does all of it", { forgetsExists: 0.3, leavesOutRows: 0.05, showsLate: 0.1, garbles: 0.005 }],
])(
  "no mail of a server that %s is passed over: a full client continues in time",
  (_what, habits) => {
    const endings = new Set<string | null>();
    for (let seed = 1; seed <= RUNS; seed++) {
      const run = play(seed, habits);
      endings.add(run.ended);
      expect(run.faults, `seed ${seed}`).toEqual([]);
      expect(run.delivered, `seed ${seed}`).toEqual(ascending(run.delivered));
      // A watch that has ended may have passed over mail, but only among the last 200 UIDs. The
      // session then looks for missed mail among these.
      const passedOver = run.uids.filter(
        (uid) => uid <= run.watch.lastUid && !run.delivered.includes(uid),
      );
      if (run.ended === null) expect(passedOver, `seed ${seed}`).toEqual([]);
      else expect(Math.min(...passedOver), `seed ${seed}`).toBeGreaterThan(run.watch.lastUid - 200);
      if (run.ended === null)
        expect(run.watch.lastUid).toBeGreaterThanOrEqual(run.uids.at(-1) ?? 0);
    }
    expect(endings.size).toBeGreaterThan(1);
  },
);
