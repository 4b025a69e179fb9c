import { named, one, type OperationExamples } from "./shown.ts";

export const EVENT_ID = "evt_9qTzf0H4lR6qYaclrLC5kFyaCqm";

const letter = {
  id: EVENT_ID,
  kind: "new_mail",
  user_tag: "customer-17",
  imap_provider_code: "PLAIN",
  state: "waiting",
  attempts: 6,
  last_error: "The webhook answered 500",
  died_at: "2026-11-23T01:20:00.000Z",
  redeliver_requested_at: null,
  redelivered_at: null,
  redelivery_error: null,
  unreadable: false,
};

/** The examples of events, dead letters and tracers, by operationId. */
export const EVENT_EXAMPLES: Readonly<Record<string, OperationExamples>> = {
  listEvents: {
    response: one([
      {
        id: EVENT_ID,
        cursor: "NDgyMTMuZXZ0XzlxVHpmMEg0bFI2cVlhY2xyTEM1a0Z5YUNxbQ",
        kind: "new_mail",
        user_tag: "customer-17",
        imap_provider_code: "PLAIN",
        created_at: "2026-11-22T15:04:06.000Z",
        state: "delivered",
        reason: null,
        message_id: "<2@mail.example>",
        size_bytes: 231,
        internal_date: "2026-11-22T15:04:05.000Z",
      },
    ]),
  },
  listDeadLetters: { response: one([letter]) },
  countDeadLetters: { response: one({ waiting: 12, requested: 3, redelivered: 85 }) },
  redeliverDeadLetters: {
    request: named({
      "All of them": { all: true },
      "Those of an outage": {
        error: "500",
        died_after: "2026-11-22T00:00:00Z",
        died_before: "2026-11-24T00:00:00Z",
      },
    }),
    response: one({ requested: 12 }),
  },
  deleteDeadLetters: {
    request: one({ user_tag: "customer-17", state: "redelivered" }),
    response: one({ deleted: 85 }),
  },
  getDeadLetter: {
    response: one({
      ...letter,
      mail: {
        subject: "Lunch",
        from: "Zoë <zoe@mail.example>",
        to: "Bob <bob@app.example>",
        date: "2026-11-22T15:04:05.000Z",
        text: "At one?\n",
        attachments: [],
      },
      mail_missing: null,
    }),
  },
  redeliverDeadLetter: {
    response: one({
      ...letter,
      state: "requested",
      redeliver_requested_at: "2026-11-23T09:00:00.000Z",
    }),
  },
  listTracers: {
    response: one([
      {
        uid: "7f3c2a9e",
        user_tag: "customer-17",
        imap_provider_code: "PLAIN",
        event_id: EVENT_ID,
        state: "arrived",
        delivery_test: true,
        sent_at: "2026-11-22T15:00:00.000Z",
        seen_at: "2026-11-22T15:00:01.200Z",
        published_at: "2026-11-22T15:00:01.260Z",
        answered_at: "2026-11-22T15:00:01.410Z",
        seen_after_ms: 1200,
        published_after_ms: 1260,
        answered_after_ms: 1410,
        latency_ms: 1410,
        send_error: null,
      },
    ]),
  },
};
