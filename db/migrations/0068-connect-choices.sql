-- Whether the connect pages ask for consent before they lead to an OAuth provider, and whether they
-- offer the partner's other providers under which the same tag is registered.
alter table partners
  add column consent_page boolean not null default true,
  add column provider_choice boolean not null default false;
