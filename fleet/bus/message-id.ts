/**
 * Returns the `Nats-Msg-Id` of an event or a body. Within two hours, NATS ignores a second message
 * with the same id. To publish an event again on purpose, pass a new `occasion` each time.
 */
export const natsMessageId = (id: string, occasion?: string) =>
  occasion === undefined ? id : `${id}:${occasion}`;

/** Returns whether the message was published with this id, with or without an occasion. */
export const carriesId = (messageId: string, id: string) =>
  messageId === id || messageId.startsWith(`${id}:`);

/** Returns the event or body id, without the occasion. */
export const dropOccasion = (messageId: string) => messageId.split(":", 1)[0] ?? messageId;
