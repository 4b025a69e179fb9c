import { untilInterrupted } from "../dev/terminal/interruption.ts";
import { runKeyCommand } from "./rotate-keys/key-command.ts";

const deps = { env: process.env, say: console.log, complain: console.error };
const interrupted = untilInterrupted(() => process.exit(130));
process.exit(await runKeyCommand(deps, process.argv.slice(2), interrupted));
