import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { inCheckout } from "../../dev/checkout.ts";
import { runCommand } from "../../dev/processes/run-command.ts";
import type { VerifierCase } from "./verifier-cases.ts";

/**
 * How to test one verifier. A verifier is code in docs/webhooks.md that checks signatures. `driver`
 * is a program that calls the verifier for each test case.
 */
export interface Language {
  name: string;
  /** The language name of the code block in Markdown, such as `ts` after the three backticks. */
  fence: string;
  verifier: string;
  driver: { file: string; text: string };
  command: string;
  args: string[];
  /** The arguments that make the interpreter print its version. */
  versionArgs: string[];
  env?: Record<string, string>;
  /** Changes the snippet into a complete source file. */
  adapt?(snippet: string): string;
}

const PYTHON = `import json, sys
from verifier import is_signed, is_body_signed
cases = json.load(open(sys.argv[1]))
print(json.dumps([
    [is_signed(c["body"].encode(), c["headers"], c["secrets"]), is_body_signed(c["body"].encode(), c["apiKeys"])]
    for c in cases
]))
`;

const RUBY = `require_relative "verifier"
cases = JSON.parse(File.read(ARGV[0], encoding: "UTF-8"))
puts JSON.generate(cases.map { |c|
  body = c["body"].b
  headers = c["headers"].transform_values(&:b)
  [signed?(body, headers, c["secrets"]), body_signed?(body, c["apiKeys"])]
})
`;

const PHP = `<?php
error_reporting(E_ALL);
set_error_handler(fn ($level, $message) => throw new ErrorException($message));
require __DIR__ . '/verifier.php';
$cases = json_decode(file_get_contents($argv[1]), true);
echo json_encode(array_map(fn ($c) => [
    is_signed($c['body'], $c['headers'], $c['secrets']),
    is_body_signed($c['body'], $c['apiKeys']),
], $cases));
`;

const GO = `package main

import (
	"encoding/json"
	"net/http"
	"os"
)

type testCase struct {
	Body    string
	Headers map[string]string
	Secrets []string
	ApiKeys []string
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var cases []testCase
	if err := json.Unmarshal(text, &cases); err != nil {
		panic(err)
	}
	verdicts := [][]bool{}
	for _, c := range cases {
		header := http.Header{}
		for name, value := range c.Headers {
			header.Set(name, value)
		}
		verdicts = append(verdicts, []bool{
			IsSigned([]byte(c.Body), header, c.Secrets),
			IsBodySigned([]byte(c.Body), c.ApiKeys),
		})
	}
	json.NewEncoder(os.Stdout).Encode(verdicts)
}
`;

export const LANGUAGES: readonly Language[] = [
  {
    name: "Python",
    fence: "python",
    verifier: "verifier.py",
    driver: { file: "driver.py", text: PYTHON },
    command: "python3",
    args: ["driver.py"],
    versionArgs: ["--version"],
  },
  {
    name: "Ruby",
    fence: "ruby",
    verifier: "verifier.rb",
    driver: { file: "driver.rb", text: RUBY },
    command: "ruby",
    args: ["-w", "driver.rb"],
    versionArgs: ["--version"],
  },
  {
    name: "PHP",
    fence: "php",
    verifier: "verifier.php",
    driver: { file: "driver.php", text: PHP },
    command: "php",
    args: ["driver.php"],
    versionArgs: ["--version"],
  },
  {
    name: "Go",
    fence: "go",
    verifier: "verifier.go",
    driver: { file: "driver.go", text: GO },
    command: "go",
    args: ["run", "verifier.go", "driver.go"],
    versionArgs: ["version"],
    // The program has no dependencies. So Go needs neither modules nor the network.
    env: { GO111MODULE: "off", GOFLAGS: "", GOPROXY: "off" },
    adapt: (snippet) => snippet.replace("package webhooks", "package main"),
  },
];

const verdicts = v.array(v.tuple([v.boolean(), v.boolean()]));
export type Verdicts = v.InferOutput<typeof verdicts>;

export const isOnMachine = ({ command, versionArgs }: Language): Promise<boolean> =>
  promisify(execFile)(command, versionArgs).then(
    () => true,
    () => false,
  );

/** Returns the first code block of this language in a Markdown text. */
export function findSnippet(markdown: string, fence: string): string {
  const [, snippet] = new RegExp(`^\`\`\`${fence}\\n(.*?)^\`\`\`$`, "ms").exec(markdown) ?? [];
  if (snippet === undefined) throw new Error(`Cannot find a block of ${fence} in the text`);
  return snippet;
}

/**
 * @returns two results for each case: whether the snippet accepts the signature in the headers, and
 * whether it accepts the signature in the body.
 */
export async function runVerifier(
  language: Language,
  snippet: string,
  { folder, cases }: { folder: string; cases: readonly VerifierCase[] },
): Promise<Verdicts> {
  const { verifier, driver, command, args, env, adapt } = language;
  const casesFile = join(folder, "cases.json");
  await writeFile(join(folder, verifier), adapt?.(snippet) ?? snippet);
  await writeFile(join(folder, driver.file), driver.text);
  await writeFile(casesFile, JSON.stringify(cases));
  const own = { GOCACHE: join(folder, "cache"), PYTHONDONTWRITEBYTECODE: "1" };
  const output = await runCommand(command, {
    args: [...args, casesFile],
    cwd: folder,
    env: { ...own, ...env },
  });
  return v.parse(verdicts, JSON.parse(output));
}

/** Replaces `./client/` in the TypeScript snippet with the path of client/ in this checkout. */
export const withClient = (snippet: string) =>
  snippet.replaceAll('"./client/', `"${inCheckout("client")}/`);
