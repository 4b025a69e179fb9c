import { useEffect, useId, useRef, useState } from "preact/hooks";
import { answerOf, api, until } from "../../api/client.ts";
import { FieldFrame } from "./field-frame.tsx";
import { useLoaded } from "../use-loaded.ts";

interface PartnerFieldProps {
  /** Id of the partner that is chosen at first; empty: none. */
  value?: string;
  required?: boolean;
  /** Hears the id at first, too; empty: none, or none yet. */
  onChoose?(id: string): void;
}

interface Named {
  id: string;
  name: string;
}

/** Chooses a partner by its name; the form's `partner_id` is its id, or what was typed if nobody has that name. */
export function PartnerField({ value = "", required = false, onChoose }: PartnerFieldProps) {
  const isId = value.startsWith("prt_");
  const [typed, setTyped] = useState(isId ? null : value);
  const { loaded } = useLoaded(
    (signal) => (typed === null ? partnerWith(value, signal) : partnersNamed(typed, signal)),
    { key: typed ?? value },
  );
  // Also of what was typed before: a choice is made before its own answer comes.
  const known = useRef(new Map<string, string>());
  const found = loaded.step === "loaded" ? loaded.value : [];
  for (const [title, id] of titlesOf(found)) known.current.set(title, id);
  const text = typed ?? (loaded.step === "loading" ? "" : (found[0]?.name ?? value));
  const chosen = typed === null ? value : known.current.get(typed.trim());
  // Its id may come after its name was typed.
  const choose = useRef(onChoose);
  choose.current = onChoose;
  useEffect(() => choose.current?.(chosen ?? ""), [chosen]);
  const list = useId();
  return (
    <FieldFrame name="partner_id" label="Partner">
      {({ name, ...input }) => (
        <>
          <input
            {...input}
            list={list}
            value={text}
            autocomplete="off"
            placeholder="how its name begins"
            required={required}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <input type="hidden" name={name} value={chosen ?? typed?.trim() ?? ""} />
          <datalist id={list}>
            {titlesOf(found).map(([title, id]) => (
              <option key={id} value={title} />
            ))}
          </datalist>
        </>
      )}
    </FieldFrame>
  );
}

async function partnerWith(id: string, signal: AbortSignal): Promise<readonly Named[]> {
  return [await answerOf(api.partners[":id"].$get({ param: { id } }, until(signal)))];
}

async function partnersNamed(text: string, signal: AbortSignal): Promise<readonly Named[]> {
  const name = text.trim();
  const query = { limit: "20", ...(name !== "" && { name }) };
  return (await answerOf(api.partners.$get({ query }, until(signal)))).partners;
}

/** Several may have one name. */
function titlesOf(partners: readonly Named[]): [title: string, id: string][] {
  const isShared = ({ id, name }: Named) =>
    partners.some((other) => other.name === name && other.id !== id);
  return partners.map((one) => [isShared(one) ? `${one.name} (${one.id})` : one.name, one.id]);
}
