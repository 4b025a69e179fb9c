-- Single sign-on of admins (OpenID Connect): the account at the provider that an admin is linked to.
alter table admin_users
  add column oidc_issuer text,
  add column oidc_subject text,
  -- When a command on the machine last set the password. For an hour after it, the password works
  -- even if only single sign-on is allowed.
  add column shell_password_at timestamptz;
create unique index admin_users_oidc on admin_users (oidc_issuer, oidc_subject);

-- A new kind of password is none: the admin signs in with single sign-on alone. A constraint cannot
-- be widened without adding one, so the kinds are checked by their type in db/admin/tables.ts.
alter table admin_users drop constraint admin_users_password_kind_check;

-- What an admin did, with or without an API token: the actor is admin:<id> or admin:<id>/<token>.
create index audit_log_by_admin on audit_log (split_part(actor, '/', 1), id desc);
