export interface MemorySample {
  /** The time since the start of the load. */
  atMs: number;
  /** The resident memory of the instance and its child processes. */
  rssMib: number;
  /** The number of logins up to now, including those at the start. */
  logins: number;
}

export interface MemoryReport {
  ranOn: string;
  samples: readonly MemorySample[];
  users: number;
  /** The number of users that are watched at the end. */
  watching: number;
  logins: number;
  /** The number of mails that must be delivered. */
  sent: number;
  delivered: number;
  lost: number;
  /** The number of webhooks whose id has arrived before. */
  repeated: number;
  /** The number of webhooks with a wrong signature, and of ids and mails that are not unique. */
  wrong: number;
}
