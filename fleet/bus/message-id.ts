/**
 * `Nats-Msg-Id` of an event or a body. A second publish under one id within the duplicate window is
 * swallowed: what is published again on purpose names the occasion, once for each.
 */
export const messageIdOf = (id: string, occasion?: string) =>
  occasion === undefined ? id : `${id}:${occasion}`;

/** True for the first publication of an id, and for those of any occasion. */
export const isMessageOf = (messageId: string, id: string) =>
  messageId === id || messageId.startsWith(`${id}:`);

/** The id of what was published, on whatever occasion. */
export const idOfMessage = (messageId: string) => messageId.split(":", 1)[0] ?? messageId;
