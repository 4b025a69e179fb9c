import { startImapServer } from "./imap-server.ts";
import { readServerSettings } from "./main-settings.ts";

const settings = readServerSettings(process.argv.slice(2));
if (!settings.ok) {
  for (const fault of settings.faults) console.error(`Cannot start the IMAP server: ${fault}`);
  process.exit(1);
}
const { chaos } = settings.server;

const stopped = new Promise((resolve) => {
  process.once("SIGTERM", resolve);
  process.once("SIGINT", resolve);
});

try {
  await using server = await startImapServer(settings.server);
  for (const account of settings.accounts) server.addAccount(account);
  const { port, tlsPort, smtpPort } = server;
  if (chaos) console.log(JSON.stringify({ event: "chaos.seeded", seed: chaos.seed }));
  console.log(
    JSON.stringify({
      event: "imap_server.listening",
      port,
      tls_port: tlsPort,
      smtp_port: smtpPort,
    }),
  );
  await stopped;
  if (chaos) console.log(JSON.stringify({ event: "chaos.counted", ...chaos.counts() }));
} catch (error) {
  console.error(
    `Cannot run the IMAP server: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
}
