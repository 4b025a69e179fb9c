import process from "node:process";

/** The health check of a container: exits with 0 when each of the given addresses answers 200. */
const TIMEOUT_MS = 4_000;

const answers = await Promise.all(
  process.argv.slice(2).map(async (url) => {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      return { isGood: answer.ok, text: await answer.text() };
    } catch (error) {
      return { isGood: false, text: `${url} does not answer: ${String(error)}\n` };
    }
  }),
);
process.stdout.write(answers.map(({ text }) => text).join(""));
process.exit(answers.length > 0 && answers.every(({ isGood }) => isGood) ? 0 : 1);
