-- The providers that every installation has. Sources:
-- developers.google.com/workspace/gmail/imap/imap-smtp,
-- learn.microsoft.com/exchange/client-developer/legacy-protocols.

insert into imap_providers
  (id, code, title, kind, imap_host, imap_port, imap_security, smtp_host, smtp_port,
   oauth_authorize_url, oauth_token_url, oauth_revoke_url, oauth_scopes, sasl_mechanism, login_rate)
values
  ('prv_gmail_oauth2', 'GMAIL_OAUTH2', 'Gmail', 'oauth2', 'imap.gmail.com', 993, 'tls', 'smtp.gmail.com', 587,
   'https://accounts.google.com/o/oauth2/v2/auth', 'https://oauth2.googleapis.com/token',
   'https://oauth2.googleapis.com/revoke', 'openid email https://mail.google.com/', 'XOAUTH2', 20),
  ('prv_outlook_oauth2', 'OUTLOOK_OAUTH2', 'Outlook', 'oauth2', 'outlook.office365.com', 993, 'tls',
   'smtp.office365.com', 587,
   'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
   'https://login.microsoftonline.com/common/oauth2/v2.0/token', null,
   'openid email profile offline_access https://outlook.office.com/IMAP.AccessAsUser.All', 'XOAUTH2', 20);

-- The demo mail server of the local stack. The stack updates the ports when it starts.
insert into imap_providers (id, code, title, kind, imap_host, imap_port, imap_security, smtp_host, smtp_port, smtp_starttls)
values ('prv_plain', 'PLAIN', 'Plain IMAP (demo server)', 'plain', 'localhost', 1993, 'tls', 'localhost', 2525, false);
