import { useSession } from "../../session/session.tsx";
import type { Overview } from "./overview-answer.ts";

const TITLES: Readonly<Record<string, string>> = {
  "/admin/account": "Go to my account",
};

const titleOf = ({ href }: Warning) =>
  TITLES[href] ?? (href.includes("?") ? "Go to the partners" : "Go to the partner");

type Warning = Overview["warnings"][number];
const isError = ({ severity }: Warning) => severity === "error";

/** Shows the problems that need an action, errors first. */
export function Warnings({ warnings }: Pick<Overview, "warnings">) {
  const { defaultPassword } = useSession();
  // If the signed-in admin has the default password, `Frame` already shows this warning.
  const news = warnings.filter(({ code }) => code !== "default_password" || !defaultPassword);
  const sorted = [...news.filter(isError), ...news.filter((warning) => !isError(warning))];
  return (
    <div class="warnings" role="status" aria-label="Warnings">
      {sorted.map((warning) => (
        <div key={warning.code} class={isError(warning) ? "note note-bad" : "note note-busy"}>
          <p>{warning.text}</p>
          {warning.href !== "/admin/" && <a href={warning.href}>{titleOf(warning)}</a>}
        </div>
      ))}
    </div>
  );
}
