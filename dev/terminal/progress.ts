/** Shows the progress of work to a person. */
export interface Progress {
  /** Runs `work`, and prints how long it took. Several steps may run at the same time. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  say(line: string): void;
}

export const silentProgress: Progress = { step: (_title, work) => work(), say: () => undefined };

const CLEAR_LINE = "\r\x1b[2K";

/**
 * Prints a line for each finished step. In a terminal, a temporary last line shows the running
 * steps.
 */
export function terminalProgress(out: NodeJS.WriteStream): Progress {
  const running = new Set<string>();
  const passing = (text: string) => {
    if (out.isTTY) out.write(CLEAR_LINE + text.slice(0, (out.columns ?? 80) - 1));
  };
  const showRunning = () => passing(running.size > 0 ? `… ${[...running].join(", ")}` : "");
  const say = (line: string) => {
    passing("");
    out.write(`${line}\n`);
    showRunning();
  };
  return {
    say,
    async step(title, work) {
      const start = performance.now();
      running.add(title);
      showRunning();
      const tell = (mark: string) => {
        running.delete(title);
        say(`${mark} ${title.padEnd(36)} ${Math.round(performance.now() - start)} ms`);
      };
      try {
        const result = await work();
        tell("✓");
        return result;
      } catch (error) {
        tell("✗");
        throw error;
      }
    },
  };
}
