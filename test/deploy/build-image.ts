import { chmod, copyFile, cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { basename, dirname, join, matchesGlob } from "node:path";
import { inCheckout } from "../../dev/checkout.ts";
import { runCommand } from "../../dev/processes/run-command.ts";

/** What the last stage of the Dockerfile produces: its settings, and the folder with its files. */
export interface Image {
  app: string;
  /** The path of a copy of Bun that any user may execute. */
  bun: string;
  env: Readonly<Record<string, string>>;
  command: readonly string[];
  user: string;
}

/**
 * Executes the steps of the Dockerfile in a folder, without Docker. The programs of this machine
 * replace the programs of the base images.
 */
export async function buildImage(folder: string): Promise<Image> {
  const steps = parseSteps(await readFile(inCheckout("Dockerfile"), "utf8"));
  const ignored = await readIgnored();
  const stages = new Map<string, string>();
  let app = folder;
  for (const [step, rest] of steps) {
    if (step === "FROM") {
      const name = / AS (\S+)$/.exec(rest)?.[1] ?? "last";
      app = join(folder, name);
      stages.set(name, app);
      await mkdir(app);
    }
    if (step === "RUN" && rest.startsWith("npm ci") && !rest.includes("--omit")) {
      // Takes minutes. The checkout has the same packages.
      await symlink(inCheckout("node_modules"), join(app, "node_modules"));
    } else if (step === "RUN") {
      const path = `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`;
      const env = { npm_config_prefer_offline: "true", PATH: path, NODE_ENV: "" };
      await runCommand("sh", { args: ["-c", rest], cwd: app, env });
    }
    if (step === "COPY") await copy(rest, app, stages, ignored);
  }
  const readStep = (name: string) => steps.findLast(([step]) => step === name)?.[1] ?? "";
  const bun = join(folder, "bun");
  await copyFile(inCheckout("node_modules", "bun", "bin", "bun.exe"), bun);
  await chmod(bun, 0o755);
  return {
    app,
    bun,
    env: Object.fromEntries(
      readStep("ENV")
        .split(/\s+/)
        .map((pair) => pair.split(/=(.*)/s).slice(0, 2)),
    ),
    command: JSON.parse(readStep("CMD")),
    user: readStep("USER"),
  };
}

/** Returns the instructions and their arguments. Joins continued lines. */
const parseSteps = (text: string): [step: string, rest: string][] =>
  text
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .flatMap((line): [string, string][] => {
      const [, step, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
      return step !== undefined && rest !== undefined ? [[step, rest.trim()]] : [];
    });

async function copy(
  rest: string,
  app: string,
  stages: ReadonlyMap<string, string>,
  ignored: (path: string) => boolean,
): Promise<void> {
  const words = rest.split(" ");
  const from = words[0]?.startsWith("--from=") ? words.shift()?.slice("--from=".length) : undefined;
  const to = words.pop() ?? "";
  for (const word of words) {
    if (from !== undefined) {
      const path = word.replace(/^\/app\//, "");
      await cp(join(stages.get(from) ?? "", path), join(app, to), {
        recursive: true,
        verbatimSymlinks: true,
      });
      continue;
    }
    if (ignored(word)) throw new Error(`Cannot copy ${word}: .dockerignore keeps it out`);
    const target = to.endsWith("/") ? join(app, to, basename(word)) : join(app, to);
    const root = inCheckout();
    const filter = (path: string) => !ignored(path.slice(root.length + 1));
    await cp(inCheckout(word), target, { recursive: true, filter });
  }
}

/**
 * Reads .dockerignore. Returns a function that decides whether a path is ignored. The last pattern
 * that matches the path decides.
 */
async function readIgnored(): Promise<(path: string) => boolean> {
  const lines = (await readFile(inCheckout(".dockerignore"), "utf8")).split("\n");
  const patterns = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return (path) => {
    let isIgnored = false;
    for (const pattern of patterns) {
      const glob = pattern.replace(/^!/, "");
      if (matchesGlob(path, glob) || matchesGlob(path, `${glob}/**`))
        isIgnored = !pattern.startsWith("!");
    }
    return isIgnored;
  };
}

/** Returns the relative paths of all files in a folder and its subfolders. */
export const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
