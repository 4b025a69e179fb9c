-- Optional Ed25519 signatures of webhooks, in addition to those by the webhook secret. As there,
-- the previous key continues to sign for a while after a rotation.
alter table partners
  add column sealed_signing_key text,
  add column sealed_previous_signing_key text,
  add column previous_signing_key_until timestamptz;
