import { inCheckout } from "./checkout.ts";
import { describeError } from "./terminal/describe-error.ts";
import { runExample } from "./example-run.ts";
import { untilInterrupted } from "./terminal/interruption.ts";
import { readStackFile } from "./stack/stack-file.ts";
import { stateFolder } from "./stack/state-folder.ts";

const interrupted = untilInterrupted(() => process.exit(130));

try {
  const stack = await readStackFile(stateFolder(inCheckout(".dev")).stackFile);
  if (!stack) throw new Error("Cannot run the example: start the stack first, with npm start");
  console.log(`Send a mail to ${stack.users[0]?.address} by ${stack.smtp.host}:${stack.smtp.port}`);
  await runExample(stack, { onLine: (line) => console.log(line) }, interrupted);
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}
process.exit();
