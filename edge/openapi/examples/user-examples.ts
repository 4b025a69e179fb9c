import { named, one, type OperationExamples } from "./shown.ts";

export const PURGE_ID = "prg_03523sFFBBidnLoBAnUxbP";

const plain = { imap_provider_code: "PLAIN", users_count: 212 };
const gmail = {
  imap_provider_code: "GMAIL_OAUTH2",
  users_count: 17,
  oauth2_client_id: "1234567890.apps.googleusercontent.com",
};
const listedUser = {
  tag: "customer-17",
  email: "zoe@mail.example",
  state: "watching",
  archived: false,
  connected_at: "2026-11-22T15:01:02.000Z",
};
const user = {
  ...listedUser,
  state_reason: null,
  state_reason_text: null,
  archived_at: null,
  last_login_at: "2026-11-22T15:01:02.000Z",
  last_email_at: "2026-11-22T15:04:06.000Z",
  last_heard_at: "2026-11-22T15:09:30.000Z",
  lag_seconds: 41,
  created_at: "2026-11-22T15:00:00.000Z",
  login_username: "zoe",
  connect_url: "https://mail.example.com/users/connect/usr_03523sFFB2QFNnnw4Dc2Br",
  disconnect_url: "https://mail.example.com/users/disconnect/usr_03523sFFB2QFNnnw4Dc2Br",
};
const newUser = {
  ...user,
  state: "new",
  connected_at: null,
  last_login_at: null,
  last_email_at: null,
  last_heard_at: null,
  lag_seconds: null,
};
const purge = {
  id: PURGE_ID,
  scope: "user",
  state: "running",
  total: 1,
  done: 0,
  created_at: "2026-11-22T15:30:00.000Z",
  finished_at: null,
};
const sweep = {
  id: "swp_03523sFFCcu23PKIbSstoO",
  state: "running",
  since: "2026-11-01T00:00:00.000Z",
  until: "2026-11-22T15:10:00.000Z",
  redeliver: false,
  found: 40,
  published: 31,
  skipped: 9,
  created_at: "2026-11-22T15:10:00.000Z",
  finished_at: null,
  error: null,
};

/** The examples of connections, users, sweeps and removals, by operationId. */
export const USER_EXAMPLES: Readonly<Record<string, OperationExamples>> = {
  listConnections: { response: one([plain, gmail]) },
  createConnection: {
    request: named({
      "Accounts with a password": { imap_provider_code: "PLAIN" },
      "Accounts with OAuth 2": {
        imap_provider_code: "GMAIL_OAUTH2",
        oauth2_client_id: gmail.oauth2_client_id,
        oauth2_client_secret: "the-client-secret",
      },
    }),
    response: one({ ...plain, users_count: 0 }),
  },
  getConnection: { response: one(gmail) },
  updateConnection: {
    request: one({ oauth2_client_secret: "the-new-client-secret" }),
    response: one(gmail),
  },
  deleteConnection: { response: one({ ...purge, scope: "connection", total: 212, done: 40 }) },
  listUsers: { response: one([listedUser]) },
  createUser: {
    request: named({
      "With its password": {
        tag: "customer-17",
        email: "zoe@mail.example",
        login_username: "zoe",
        login_password: "the-password",
      },
      "Connected by its owner, in a browser": { tag: "customer-17" },
      "With a refresh token": {
        tag: "customer-17",
        email: "zoe@mail.example",
        oauth2_refresh_token: "the-refresh-token",
      },
    }),
    response: one(newUser),
  },
  getUser: {
    response: named({
      Watching: user,
      "Its login failed": {
        ...user,
        state: "auth_failed",
        state_reason: "wrong_password",
        state_reason_text:
          "The mail server refused the login: check the username and the password. Many providers want an app password here.",
      },
    }),
  },
  updateUser: {
    request: named({
      "Another password": { login_password: "the-new-password" },
      "Another tag": { tag: "customer-18" },
      Restore: { archived: false },
    }),
    response: one(user),
  },
  deleteUser: { response: one(purge) },
  getSweep: { response: one(sweep) },
  startSweep: {
    request: one({ since: "2026-11-01T00:00:00Z" }),
    response: one({ ...sweep, state: "waiting", found: 0, published: 0, skipped: 0 }),
  },
  getPurge: {
    response: one({
      ...purge,
      state: "finished",
      done: 1,
      finished_at: "2026-11-22T15:34:00.000Z",
    }),
  },
};
