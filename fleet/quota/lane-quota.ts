/**
 * The free quota of the partners' lanes. A partner's mail is published only if its lane has free
 * quota.
 */
export interface LaneQuota {
  /**
   * Returns whether the partner's quota has free space. If not, the partner's ingest is paused, and
   * its mail waits in the mailboxes.
   */
  has(partnerId: string): boolean;
  /** Counts what was published, so that a lane is not overfilled before the next measurement. */
  published(partnerId: string, added: { events: number; bytes: number }): void;
  /** Resolves when it is the caller's turn to publish, or when `signal` aborts. */
  wait(partnerId: string, signal: AbortSignal): Promise<void>;
}

/**
 * Thrown when a partner's events may not be published now. The mail must be read again when the
 * lane has free quota.
 */
export class LaneFull extends Error {
  override readonly name = "LaneFull";
  readonly partnerId: string;

  constructor(partnerId: string) {
    super(`Cannot publish for ${partnerId}: its lane is at its quota, and free quota is wanted`);
    this.partnerId = partnerId;
  }
}

/**
 * Checks that the partner's lane has free quota.
 * @throws {LaneFull}
 */
export function expectFreeQuota(quota: LaneQuota, partnerId: string): void {
  if (!quota.has(partnerId)) throw new LaneFull(partnerId);
}
