/** What EXAMINE reports about a mailbox. */
export interface MailboxStatus {
  uidValidity: number;
  uidNext: number;
}
