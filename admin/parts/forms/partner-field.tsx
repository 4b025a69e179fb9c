import { useEffect, useId, useRef, useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import { FieldFrame } from "./field-frame.tsx";
import { useLoaded } from "../use-loaded.ts";

interface PartnerFieldProps {
  /** The initial value: the id of a partner, or a text to search for. Empty when there is none. */
  value?: string;
  required?: boolean;
  /**
   * Called when the field is first shown and after each change, with the id of the selected
   * partner. The id is empty when none is selected.
   */
  onChoose?(id: string): void;
}

interface Named {
  id: string;
  name: string;
}

/**
 * A field to select a partner by name. The form contains `partner_id`: the partner's id, or the
 * typed text when no partner has that name.
 */
export function PartnerField({ value = "", required = false, onChoose }: PartnerFieldProps) {
  const isId = value.startsWith("prt_");
  const [typed, setTyped] = useState(isId ? null : value);
  const { loaded } = useLoaded(
    (signal) => (typed === null ? partnerWith(value, signal) : partnersNamed(typed, signal)),
    { key: typed ?? value },
  );
  // Maps the title of each partner found so far (see `listTitles()`) to its id. Earlier results
  // stay in the map: the person may select one of them before the newest answer arrives.
  const known = useRef(new Map<string, string>());
  const found = loaded.step === "loaded" ? loaded.value : [];
  for (const [title, id] of listTitles(found)) known.current.set(title, id);
  const text = typed ?? (loaded.step === "loading" ? "" : (found[0]?.name ?? value));
  const chosen = typed === null ? value : known.current.get(typed.trim());
  // Calls `onChoose()` in an effect, because the partner's id may arrive after its name was typed.
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
            placeholder="starts with…"
            required={required}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <input type="hidden" name={name} value={chosen ?? typed?.trim() ?? ""} />
          <datalist id={list}>
            {listTitles(found).map(([title, id]) => (
              <option key={id} value={title} />
            ))}
          </datalist>
        </>
      )}
    </FieldFrame>
  );
}

async function partnerWith(id: string, signal: AbortSignal): Promise<readonly Named[]> {
  return [await parseAnswer(api.partners[":id"].$get({ param: { id } }, until(signal)))];
}

async function partnersNamed(text: string, signal: AbortSignal): Promise<readonly Named[]> {
  const name = text.trim();
  const query = { limit: "20", ...(name !== "" && { name }) };
  return (await parseAnswer(api.partners.$get({ query }, until(signal)))).partners;
}

/**
 * Returns the title and the id of each partner. The title is the name. If several partners have the
 * same name, it also contains the id.
 */
function listTitles(partners: readonly Named[]): [title: string, id: string][] {
  const isShared = ({ id, name }: Named) =>
    partners.some((other) => other.name === name && other.id !== id);
  return partners.map((one) => [isShared(one) ? `${one.name} (${one.id})` : one.name, one.id]);
}
