-- SuperIMAP's db/schema.rb, version 20150611134232, as created by Rails 4.1, without the tables of
-- its admin pages.

create table schema_migrations (version varchar(255) not null unique);
insert into schema_migrations values ('20150611134232');

create table delayed_jobs (
  id serial primary key,
  priority integer not null default 0,
  attempts integer not null default 0,
  handler text not null,
  last_error text,
  run_at timestamp,
  locked_at timestamp,
  failed_at timestamp,
  locked_by varchar(255),
  queue varchar(255),
  created_at timestamp,
  updated_at timestamp
);
create index delayed_jobs_priority on delayed_jobs (priority, run_at);

create table imap_daemon_heartbeats (
  id serial primary key,
  tag varchar(255),
  created_at timestamp,
  updated_at timestamp
);

create table imap_providers (
  id serial primary key,
  code varchar(255),
  title varchar(255),
  partner_connections_count integer,
  imap_host varchar(255),
  imap_port integer,
  imap_use_ssl boolean,
  oauth2_grant_type varchar(255),
  oauth2_scope varchar(255),
  oauth2_site varchar(255),
  oauth2_token_method varchar(255),
  oauth2_token_url varchar(255),
  created_at timestamp,
  updated_at timestamp,
  type varchar(255),
  oauth2_authorize_url varchar(255),
  oauth2_response_type varchar(255),
  oauth2_access_type varchar(255),
  oauth2_approval_prompt varchar(255),
  smtp_host varchar(255),
  smtp_port integer,
  smtp_domain varchar(255),
  smtp_enable_starttls_auto boolean
);

create table mail_logs (
  id serial primary key,
  user_id integer,
  message_id varchar(255),
  transmit_logs_count integer default 0,
  created_at timestamp,
  updated_at timestamp,
  sha1 varchar(40)
);
create index index_mail_logs_on_user_id_and_message_id on mail_logs (user_id, message_id);
create index index_mail_logs_on_user_id_and_sha1 on mail_logs (user_id, sha1);
create index index_mail_logs_on_user_id on mail_logs (user_id);

create table partner_connections (
  id serial primary key,
  partner_id integer,
  imap_provider_id integer,
  users_count integer default 0,
  oauth2_client_id varchar(255),
  oauth2_client_secret varchar(255),
  created_at timestamp,
  updated_at timestamp,
  type varchar(255)
);
create index index_partner_connections_on_imap_provider_id on partner_connections (imap_provider_id);
create index index_partner_connections_on_partner_id on partner_connections (partner_id);

create table partners (
  id serial primary key,
  api_key varchar(255),
  name varchar(255),
  new_mail_webhook varchar(255),
  partner_connections_count integer default 0,
  created_at timestamp,
  updated_at timestamp,
  success_url varchar(255),
  failure_url varchar(255),
  user_connected_webhook varchar(255),
  user_disconnected_webhook varchar(255)
);

create table tracer_logs (
  id serial primary key,
  user_id integer,
  uid varchar(20),
  detected_at timestamp,
  created_at timestamp,
  updated_at timestamp
);
create index index_tracer_logs_on_uid on tracer_logs (uid);
create index index_tracer_logs_on_user_id on tracer_logs (user_id);

create table transmit_logs (
  id serial primary key,
  mail_log_id integer,
  response_code integer,
  response_body varchar(1024),
  created_at timestamp,
  updated_at timestamp
);
create index index_transmit_logs_on_mail_log_id on transmit_logs (mail_log_id);

create table users (
  id serial primary key,
  partner_connection_id integer,
  email varchar(255),
  tag varchar(255),
  mail_logs_count integer default 0,
  last_email_at timestamp,
  last_uid integer,
  last_uid_validity varchar(255),
  last_internal_date timestamp,
  login_username varchar(255),
  login_password varchar(255),
  oauth2_refresh_token varchar(255),
  created_at timestamp,
  updated_at timestamp,
  archived boolean default false,
  type varchar(255),
  connected_at timestamp,
  last_login_at timestamp,
  enable_tracer boolean default false
);
create index index_users_on_partner_connection_id on users (partner_connection_id);
