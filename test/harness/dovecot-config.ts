import { join } from "node:path";

export interface DovecotConfig {
  /** Holds all that it writes. */
  path: string;
  /** Whom all of its processes run as. */
  user: string;
  group: string;
  ports: { imap: number; imaps: number; lmtp: number };
  certificateFile: string;
  keyFile: string;
}

/** A Dovecot 2.3 that needs nothing of the system but its programs: all it writes lies in one folder. */
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
auth_mechanisms = plain
auth_failure_delay = 0
login_log_format_elements = user=<%u>

mail_location = maildir:~/Maildir
mail_fsync = never

# Asked at each login: a passwd-file would be looked at once a second.
passdb {
  driver = dict
  args = ${join(path, "passdb.conf")}
}
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

/** One file for each account, named after its login. */
export const passdbConfig = (path: string) => `
uri = fs:posix:prefix=${join(path, "accounts")}/
default_pass_scheme = PLAIN
key passdb {
  key = %u
  format = json
}
passdb_objects = passdb
`;
