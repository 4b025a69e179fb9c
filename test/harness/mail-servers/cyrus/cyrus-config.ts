import { join } from "node:path";
import { HOST } from "../../../../dev/processes/free-port.ts";

export interface CyrusConfig {
  /** The folder of all files that Cyrus writes. */
  path: string;
  /** The user that runs all Cyrus processes. */
  user: string;
  certificateFile: string;
  keyFile: string;
  passwordFile: string;
}

/** The realm: the part after `@` in each entry of the password file (`login@realm`). */
export const CYRUS_REALM = "localhost";
/** The user name of the admin. Only the admin may delete the mailboxes of others. */
export const CYRUS_ADMIN = "admin";

/**
 * Returns an imapd.conf. It differs from Debian's in four points:
 *
 * - All files are in one folder.
 * - The first mail or login creates the mailbox.
 * - A wrong password causes no pause.
 * - A mail with a repeated Message-ID is kept.
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
 * Returns a cyrus.conf. LMTP accepts mail from any client. `idled` makes IDLE report new mail
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
