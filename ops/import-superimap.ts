import { runImportCommand } from "./import-superimap/import-command.ts";
import { untilInterrupted } from "../dev/terminal/interruption.ts";

const deps = { env: process.env, say: console.log, complain: console.error };
const interrupted = untilInterrupted(() => process.exit(130));
process.exit(await runImportCommand(deps, process.argv.slice(2), interrupted));
