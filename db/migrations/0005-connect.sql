-- For mail accounts that people connect in a browser: with OAuth 2, with OAuth 1.0a, or with a
-- login that they enter into a hosted form.

alter table imap_providers
  -- The issuer of ID tokens, and the URL of its keys. Microsoft's issuer contains the placeholder
  -- {tenantid}; each token has its own value for it.
  add column oauth_issuer text,
  add column oauth_jwks_url text,
  -- The endpoint for the email address when there is no ID token.
  add column oauth_userinfo_url text,
  -- OAuth 1.0a only (RFC 5849, 2.1).
  add column oauth_request_token_url text,
  -- Additional parameters of the authorization request, as an object of strings.
  add column oauth_authorize_params jsonb not null default '{}',
  -- The scope that is required for reading mail.
  add column oauth_mail_scope text,
  -- The provider invalidates a refresh token that is unused for this long.
  add column oauth_idle_days integer check (oauth_idle_days > 0),
  -- A hint about this provider's passwords in the hosted form, with a link to more information.
  add column login_help text,
  add column login_help_url text,
  -- Whether each user may have their own host, port and security.
  add column own_host boolean not null default false,
  -- The reason why the provider is disabled, as a text for people.
  add column disabled_reason text;

alter table partner_connections
  add column oauth1_consumer_key text,
  add column sealed_oauth1_consumer_secret text;

alter table users
  add column imap_host text,
  add column imap_port integer check (imap_port between 1 and 65535),
  add column imap_security text check (imap_security in ('tls', 'starttls', 'none')),
  add column sealed_refresh_token text,
  -- The refresh token before the last rotation. It is kept until the new one has worked.
  add column sealed_previous_refresh_token text,
  add column refreshed_at timestamptz,
  -- The OAuth 1.0a token and its secret, as JSON (RFC 5849, 2.3).
  add column sealed_oauth1_token text,
  -- When credentials were last given. A rotated refresh token does not count.
  add column credentials_at timestamptz,
  -- Since when the mail server refuses the credentials; null when it does not. Only one event
  -- user_auth_failed is sent in this time.
  add column incident_at timestamptz,
  add column paused_at timestamptz;

update users set credentials_at = coalesce(connected_at, created_at)
where login_username is not null and sealed_login_password is not null;

drop trigger users_update on users;
create trigger users_update
  before update of connection_id, tag, email, login_username, sealed_login_password, archived_at, enable_tracer,
    imap_host, imap_port, imap_security, credentials_at, paused_at
  on users for each row execute function touch_user();

-- Links that were used, because each link works only once. A row is kept until its link expires.
create table spent_links (
  id text primary key,
  user_id text not null,
  spent_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index spent_links_by_expiry on spent_links (expires_at);

-- Refresh tokens to revoke at the provider (RFC 7009). A row does not refer to other rows, because
-- its user may be deleted.
create table revocations (
  id text primary key,
  user_id text not null,
  connection_id text not null,
  revoke_url text not null,
  client_id text not null,
  sealed_client_secret text,
  sealed_token text not null,
  tries integer not null default 0,
  next_try_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now()
);
create index revocations_due on revocations (next_try_at);

-- Sources: accounts.google.com/.well-known/openid-configuration,
-- login.microsoftonline.com/common/v2.0/.well-known/openid-configuration,
-- developers.google.com/identity/protocols/oauth2 (expiration: 6 months),
-- learn.microsoft.com/entra/identity-platform/refresh-tokens (90 days).
update imap_providers set
  oauth_issuer = 'https://accounts.google.com',
  oauth_jwks_url = 'https://www.googleapis.com/oauth2/v3/certs',
  oauth_userinfo_url = 'https://openidconnect.googleapis.com/v1/userinfo',
  oauth_authorize_params = '{"access_type": "offline", "prompt": "consent"}',
  oauth_mail_scope = 'https://mail.google.com/',
  oauth_idle_days = 180
where code = 'GMAIL_OAUTH2';

update imap_providers set
  oauth_issuer = 'https://login.microsoftonline.com/{tenantid}/v2.0',
  oauth_jwks_url = 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
  oauth_userinfo_url = 'https://graph.microsoft.com/oidc/userinfo',
  oauth_authorize_params = '{"prompt": "select_account"}',
  oauth_mail_scope = 'https://outlook.office.com/IMAP.AccessAsUser.All',
  oauth_idle_days = 90
where code = 'OUTLOOK_OAUTH2';

insert into imap_providers
  (id, code, title, kind, imap_host, imap_port, imap_security, smtp_host, smtp_port, login_help, login_help_url)
values
  ('prv_icloud', 'ICLOUD', 'iCloud Mail', 'plain', 'imap.mail.me.com', 993, 'tls', 'smtp.mail.me.com', 587,
   'iCloud takes an app-specific password here, not the password of your Apple Account.',
   'https://support.apple.com/102654'),
  ('prv_yahoo', 'YAHOO', 'Yahoo Mail', 'plain', 'imap.mail.yahoo.com', 993, 'tls', 'smtp.mail.yahoo.com', 587,
   'Yahoo takes an app password here, not the password of your account.',
   'https://help.yahoo.com/kb/SLN15241.html'),
  ('prv_fastmail', 'FASTMAIL', 'Fastmail', 'plain', 'imap.fastmail.com', 993, 'tls', 'smtp.fastmail.com', 587,
   'Fastmail takes an app password here, not the password of your account.',
   'https://www.fastmail.help/hc/en-us/articles/360058752854-App-passwords');
-- Yahoo ends IDLE after a few minutes.
update imap_providers set idle_minutes = 3 where code = 'YAHOO';

-- The provider for any IMAP server. Each user has their own host, so the fleet never connects to
-- this one.
insert into imap_providers
  (id, code, title, kind, imap_host, imap_port, imap_security, own_host, login_help)
values
  ('prv_imap', 'IMAP', 'Any IMAP server', 'plain', 'imap.invalid', 993, 'tls', true,
   'Many providers want an app password here instead of the password of the account.');

insert into imap_providers
  (id, code, title, kind, enabled, disabled_reason, imap_host, imap_port, imap_security, smtp_host, smtp_port,
   oauth_request_token_url, oauth_authorize_url, oauth_token_url, oauth_scopes, sasl_mechanism)
values
  ('prv_gmail_oauth1', 'GMAIL_OAUTH1', 'Gmail (OAuth 1.0a)', 'oauth1', false,
   'Google ended OAuth 1.0a and XOAUTH on 5 May 2015: use GMAIL_OAUTH2.',
   'imap.gmail.com', 993, 'tls', 'smtp.gmail.com', 587,
   'https://www.google.com/accounts/OAuthGetRequestToken',
   'https://www.google.com/accounts/OAuthAuthorizeToken',
   'https://www.google.com/accounts/OAuthGetAccessToken',
   'https://mail.google.com/', 'XOAUTH');
