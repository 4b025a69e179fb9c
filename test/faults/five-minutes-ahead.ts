/**
 * The clock of a program that preloads this file is ahead by this many ms. This simulates a machine
 * whose clock is wrong.
 */
const AHEAD_MS = 5 * 60_000;
const RightDate = Date;

globalThis.Date = class extends RightDate {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(RightDate.now() + AHEAD_MS);
    else super(given[0]);
  }

  static override now() {
    return RightDate.now() + AHEAD_MS;
  }
} as DateConstructor;
