/** What EXAMINE says of a mailbox. */
export interface MailboxStatus {
  uidValidity: number;
  uidNext: number;
}
