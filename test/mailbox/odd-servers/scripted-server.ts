import { type RawServer, startRawServer } from "../../harness/network/raw-server.ts";

/** A command as the server has received it. */
export interface ScriptedCommand {
  tag: string;
  name: string;
  /** The text after the command's name. */
  rest: string;
}

export interface ScriptedServer extends RawServer {
  /** Returns the number of commands so far that begin with a text, for example `UID SEARCH`. */
  asked(beginning: string): number;
}

/**
 * Starts a mail server that accepts any login and has one mail.
 *
 * @param script Returns the answer to a command; undefined for the usual answer.
 */
export async function startScriptedServer(
  script: (command: ScriptedCommand) => string | undefined,
): Promise<ScriptedServer> {
  const asked: string[] = [];
  const server = await startRawServer((socket) => {
    let rest = "";
    let idleTag = "";
    socket.on("data", (bytes) => {
      const lines = (rest + bytes.toString("latin1")).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [tag = "", name = "", ...words] = line.split(" ");
        asked.push(`${name} ${words.join(" ")}`);
        const isEnd = tag.toUpperCase() === "DONE";
        const command = isEnd
          ? { tag: idleTag, name: "DONE", rest: "" }
          : { tag, name: name.toUpperCase(), rest: words.join(" ") };
        if (command.name === "IDLE") idleTag = tag;
        socket.write(script(command) ?? usual(command));
      }
    });
    socket.write("* OK ready\r\n");
  });
  return Object.assign(server, {
    asked: (beginning: string) => asked.filter((line) => line.startsWith(beginning)).length,
  });
}

function usual({ tag, name, rest }: ScriptedCommand): string {
  const done = `${tag} OK done\r\n`;
  switch (name) {
    case "CAPABILITY":
      return `* CAPABILITY IMAP4rev1 IDLE ESEARCH\r\n${done}`;
    case "LIST":
      return `* LIST () "/" INBOX\r\n${done}`;
    case "EXAMINE":
      return `* 1 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n* OK [UIDNEXT 2] \r\n${done}`;
    case "UID":
      return rest.startsWith("SEARCH") ? `* SEARCH 1\r\n${done}` : done;
    case "IDLE":
      return "+ idling\r\n";
    case "":
      return "";
    default:
      return done;
  }
}
