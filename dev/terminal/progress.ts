/** Tells a person how far the work is. */
export interface Progress {
  /** Does the work and says how long it took. Several may run at once. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  say(line: string): void;
}

export const silentProgress: Progress = { step: (_title, work) => work(), say: () => undefined };

const CLEAR_LINE = "\r\x1b[2K";

/** A line for each finished step; on a terminal also a passing one with what is being done. */
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
