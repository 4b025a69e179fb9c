-- Optional Ed25519 signatures of webhooks, in addition to the signatures by the webhook secret.
-- After a rotation, the previous key also signs for a while.
alter table partners
  add column sealed_signing_key text,
  add column sealed_previous_signing_key text,
  add column previous_signing_key_until timestamptz;
