import { join } from "node:path";

export interface DovecotConfig {
  /** The folder of all files that Dovecot writes. */
  path: string;
  /** The user that runs all Dovecot processes. */
  user: string;
  group: string;
  ports: { imap: number; imaps: number; lmtp: number };
  certificateFile: string;
  keyFile: string;
  /** Whether Dovecot also accepts OAuth access tokens. */
  oauth: boolean;
}

/** How Dovecot asks the authorization server whether an access token is valid. */
export interface DovecotOauth {
  introspectUrl: string;
  /** The OAuth client with which Dovecot checks access tokens. */
  client: { id: string; secret: string };
  /** The scope that an access token must have. */
  mailScope: string;
}

/** Returns a configuration for Dovecot 2.3. All files that Dovecot writes are in one folder. */
export function dovecotConfig(config: DovecotConfig): string {
  const { path, user, group, ports } = config;
  return `
base_dir = ${join(path, "run")}
state_dir = ${join(path, "state")}
log_path = /dev/stderr
listen = 127.0.0.1
protocols = imap lmtp

default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 1
default_process_limit = 2000
default_client_limit = 4000
mail_max_userip_connections = 2000

ssl = yes
ssl_cert = <${config.certificateFile}
ssl_key = <${config.keyFile}
disable_plaintext_auth = no
auth_mechanisms = plain${config.oauth ? " xoauth2 oauthbearer" : ""}
auth_failure_delay = 0
login_log_format_elements = user=<%u>

mail_location = maildir:~/Maildir
mail_fsync = never

# Asked at each login: a passwd-file would be looked at once a second.
passdb {
  driver = dict
  args = ${join(path, "passdb.conf")}
}
${config.oauth ? oauthPassdb(path) : ""}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${join(path, "mail")}/%u allow_all_users=yes
}

# Only root can change its root. And no delay for an address from which wrong passwords came.
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  service_count = 0
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${ports.lmtp}
  }
}
`;
}

/** Returns a passdb (a source of logins) that accepts only access tokens. */
const oauthPassdb = (path: string) => `
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${join(path, "oauth2.conf")}
}
`;

/**
 * Returns the text of Dovecot's oauth2.conf. Documentation:
 * https://doc.dovecot.org/2.3/configuration_manual/authentication/oauth2/
 */
export function oauthConfig({ introspectUrl, client, mailScope }: DovecotOauth): string {
  const url = new URL(introspectUrl);
  url.username = client.id;
  url.password = client.secret;
  return `
introspection_mode = post
introspection_url = ${url.href}
active_attribute = active
active_value = true
username_attribute = email
scope = ${mailScope}
timeout_msecs = 5000
`;
}

/** Returns the settings for a passdb with one file per account. The file name is the login. */
export const passdbConfig = (path: string) => `
uri = fs:posix:prefix=${join(path, "accounts")}/
default_pass_scheme = PLAIN
key passdb {
  key = %u
  format = json
}
passdb_objects = passdb
`;
