import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Certificates } from "../../../../dev/stack/certificates.ts";
import type { DebianView } from "../../../../dev/debian/debian-view.ts";
import { COURIER_ROOT } from "../../../../dev/servers/courier.ts";
import { HOST } from "../../../../dev/processes/free-port.ts";
import { giveTo } from "../../../../dev/servers/postgres-home.ts";
import type { ProcessIdentity } from "../../../../dev/processes/program.ts";
import { unprivilegedIdentity } from "../../../../dev/servers/unprivileged-identity.ts";

/** The files of one Courier server, and the user that runs it. */
export interface CourierHome {
  path: string;
  /** The folder that Courier sees as /etc/courier. */
  config: string;
  identity: ProcessIdentity | undefined;
  view: DebianView;
  startScript: string;
  /** The socket of authdaemond, which checks passwords. It exists once authdaemond has started. */
  loginSocket: string;
}

export async function prepareCourierHome(
  path: string,
  ports: { imap: number; imaps: number },
  certificates: Certificates,
): Promise<CourierHome> {
  const identity = await unprivilegedIdentity();
  const place = (name: string) => join(path, name);
  const [etc, run, config] = [place("etc"), place("run"), place("config")];
  const daemon = join(run, "courier", "authdaemon");
  for (const folder of [config, daemon, join(path, "mail"), join(etc, "courier")]) {
    await mkdir(folder, { recursive: true });
    await giveTo(identity, folder);
  }
  await writeFile(
    join(etc, "passwd"),
    `${await readFile("/etc/passwd", "utf8")}${entry(identity)}`,
  );
  const pem = join(config, "imapd.pem");
  const [key, certificate] = [certificates.keyFile, certificates.certificateFile];
  await writeFile(pem, `${await readFile(key, "utf8")}${await readFile(certificate, "utf8")}`);
  await chmod(pem, 0o600);
  await giveTo(identity, pem);
  await writeFile(join(config, "authdaemonrc"), AUTHDAEMONRC);
  const startScript = join(config, "start.sh");
  await writeFile(startScript, startCourier(ports));
  const binds = [{ from: config, to: "/etc/courier" }];
  const view = { root: COURIER_ROOT, etc, run, binds, identity };
  return { path, config, identity, view, startScript, loginSocket: join(daemon, "socket") };
}

/**
 * Returns a line of /etc/passwd for the user `courier`, which couriertls needs after STARTTLS. The
 * installation of the package would have created this user.
 */
const entry = (identity: ProcessIdentity | undefined) =>
  `courier:x:${identity?.uid ?? process.getuid?.()}:${identity?.gid ?? process.getgid?.()}::/:/bin/false\n`;

const AUTHDAEMONRC = `
authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
daemons=2
authdaemonvar=/run/courier/authdaemon
DEFAULTOPTIONS=""
`;

/**
 * Returns a start script with the settings of Debian's /etc/courier/imapd, but with more
 * connections, and with gamin for IDLE. Gamin is a service that reports changed files.
 * GAM_CLIENT_ID gives each Courier its own gamin socket.
 */
const startCourier = ({ imap, imaps }: { imap: number; imaps: number }) => `
set -a
. /etc/courier/authdaemonrc
IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
IMAP_CAPABILITY_TLS="$IMAP_CAPABILITY AUTH=PLAIN"
IMAP_STARTTLS=YES
IMAP_TLS_REQUIRED=0
IMAP_USELOCKS=1
IMAP_KEYWORDS=1
IMAP_ENHANCEDIDLE=1
IMAP_IDLE_TIMEOUT=1
COURIERTLS=/usr/bin/couriertls
TLS_CERTFILE=/etc/courier/imapd.pem
TLS_VERIFYPEER=NONE
GAM_CLIENT_ID=${imap}
options="-address=${HOST} -maxprocs=2000 -maxperip=2000 -nodnslookup -noidentlookup"
login="/usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir"
/usr/lib/courier/courier-authlib/authdaemond &
couriertcpd $options ${imap} $login &
couriertcpd $options ${imaps} /usr/bin/couriertls -server -tcpd $login &
wait
`;
