/** Room in the partners' lanes. Mail is published only if there is room. */
export interface LaneRoom {
  /**
   * Returns whether the partner's quota has free space. If not, its ingest is paused, and its mail waits in the
   * mailboxes.
   */
  has(partnerId: string): boolean;
  /** Counts what was published, so that a lane is not overfilled before the next measurement. */
  published(partnerId: string, added: { events: number; bytes: number }): void;
  /** Resolves when it is the caller's turn to publish, or when `signal` aborts. */
  wait(partnerId: string, signal: AbortSignal): Promise<void>;
}

/** A partner's events may not be published now. Its mail must be read again when there is room. */
export class LaneFull extends Error {
  override readonly name = "LaneFull";
  readonly partnerId: string;

  constructor(partnerId: string) {
    super(`Cannot publish for ${partnerId}: its lane is at its quota, and room is wanted`);
    this.partnerId = partnerId;
  }
}

/**
 * Checks that there is room.
 * @throws {LaneFull}
 */
export function expectRoom(room: LaneRoom, partnerId: string): void {
  if (!room.has(partnerId)) throw new LaneFull(partnerId);
}
