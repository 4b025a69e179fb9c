import { api, parseAnswer, until } from "../../api/client.ts";
import { toFailure } from "../../api/failure.ts";
import { AttemptsTable } from "../../parts/attempts/attempts-table.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import type { Letter } from "./letter-query.ts";

/** Shows the attempts of a letter, with the endpoint's answers. */
export function LetterAttempts({ letter: { id, state, attempts } }: { letter: Letter }) {
  const asked = useLoaded((signal) => fetchAttempts(id, signal), {
    key: `${id} ${state} ${attempts}`,
  });
  return (
    <Section title="Attempts">
      <ShowLoaded loading={asked}>
        {(found) =>
          found.length === 0 ? (
            <p class="muted">The endpoint's answers are no longer stored.</p>
          ) : (
            <AttemptsTable attempts={found} />
          )
        }
      </ShowLoaded>
    </Section>
  );
}

/**
 * Returns the attempts of a letter. The list is empty when they are no longer stored: letters are
 * kept longer than attempts.
 */
async function fetchAttempts(id: string, signal: AbortSignal) {
  try {
    const { attempts } = await parseAnswer(
      api.events[":id"].attempts.$get({ param: { id } }, until(signal)),
    );
    return attempts;
  } catch (error) {
    if (toFailure(error).code !== "not-found") throw error;
    return [];
  }
}
