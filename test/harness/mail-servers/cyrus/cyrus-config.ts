import { join } from "node:path";
import { HOST } from "../../../../dev/processes/free-port.ts";

export interface CyrusConfig {
  /** The folder for all files that Cyrus writes. */
  path: string;
  /** The user that all processes of Cyrus run as. */
  user: string;
  certificateFile: string;
  keyFile: string;
  passwordFile: string;
}

/** Part of each user name in the password file. */
export const CYRUS_REALM = "localhost";
/** The user name of the admin, who may delete mailboxes of others. */
export const CYRUS_ADMIN = "admin";

/**
 * Returns a configuration like Debian's, but in one folder, and with these changes: mailboxes are
 * created at the first mail or login, there is no pause after a wrong password, and mails with a
 * repeated Message-ID are kept.
 */
export const imapdConf = (config: CyrusConfig) => `
configdirectory: ${join(config.path, "config")}
defaultpartition: default
partition-default: ${join(config.path, "mail")}
cyrus_user: ${config.user}
admins: ${CYRUS_ADMIN}
servername: ${CYRUS_REALM}
autocreate_quota: 0
autocreate_post: yes
duplicatesuppression: no
failedloginpause: 0
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: ${config.passwordFile}
sasl_mech_list: PLAIN LOGIN
tls_server_cert: ${config.certificateFile}
tls_server_key: ${config.keyFile}
skiplist_unsafe: yes
`;

/**
 * Returns a cyrus.conf(5). LMTP accepts mail from any client. With idled, IDLE reports new mail
 * immediately.
 */
export const servicesConf = (ports: { imap: number; imaps: number; lmtp: number }) => `
START {
  recover cmd="ctl_cyrusdb -r"
}
SERVICES {
  imap cmd="imapd" listen="${HOST}:${ports.imap}" prefork=2 maxchild=500
  imaps cmd="imapd -s" listen="${HOST}:${ports.imaps}" prefork=1 maxchild=500
  lmtp cmd="lmtpd -a" listen="${HOST}:${ports.lmtp}" prefork=1 maxchild=20
}
DAEMON {
  idled cmd="idled"
}
`;
