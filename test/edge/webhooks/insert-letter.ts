import { newId } from "../../../shared/ids.ts";
import type { EdgeStack } from "../../harness/stacks/edge-stack.ts";
import type { TestPartner } from "../use-edge.ts";

export interface LetterValues {
  /** The tag of the letter's user. Undefined means any user of the partner. */
  tag?: string;
  id?: string;
  kind?: string;
  lastError?: string;
  diedAt?: string;
  unreadable?: boolean;
  redeliveredAt?: string | null;
}

/**
 * Inserts a dead letter as the fleet writes it.
 * @returns its id.
 */
export async function insertLetter(
  { query }: EdgeStack,
  partner: Pick<TestPartner, "id">,
  values: LetterValues = {},
): Promise<string> {
  const { id = newId("evt"), kind = "new_mail", lastError = "the endpoint answered 500" } = values;
  const { tag = null, diedAt = new Date().toISOString(), unreadable = false } = values;
  await query(
    `insert into dead_letters (event_id, partner_id, user_id, kind, stream_seq, attempts, last_error,
                               died_at, unreadable, redelivered_at)
     select $1, $2, users.id, $3, 1, 7, $4, $5, $6, $7
     from users join partner_connections on partner_connections.id = connection_id
     where partner_id = $2 and ($8::text is null or tag = $8) limit 1`,
    [id, partner.id, kind, lastError, diedAt, unreadable, values.redeliveredAt ?? null, tag],
  );
  return id;
}
