import * as v from "valibot";

const HOUR_MS = 3_600_000;

const whole = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));

const behaviourSchema = v.pipe(
  v.unknown(),
  v.check((wish) => !Array.isArray(wish), "an object is wanted"),
  v.strictObject({
    status: v.exactOptional(v.pipe(whole(599), v.minValue(200))),
    delay_ms: v.exactOptional(whole(HOUR_MS)),
    /**
     * The number of requests that get this response. 0 removes every behaviour whose path begins
     * with `path`.
     */
    times: v.exactOptional(whole(1_000_000)),
    /** The prefix of the paths that the behaviour applies to. Undefined means all paths. */
    path: v.exactOptional(v.pipe(v.string(), v.startsWith("/"))),
  }),
  v.check(
    (wish) => wish.times !== undefined || (wish.status ?? wish.delay_ms) === undefined,
    "times is missing: for how many requests?",
  ),
  v.transform((wish) => ({ status: 200, delay_ms: 0, times: 0, path: "", ...wish })),
);

/**
 * Creates the behaviour of the sink: which status and delay its responses have. Each path prefix
 * can have its own behaviour.
 */
export function newSinkBehaviour() {
  const wanted = new Map<string, v.InferOutput<typeof behaviourSchema>>();
  return {
    set(json: string) {
      const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), behaviourSchema), json);
      if (!parsed.success) return parsed;
      const { path, times } = parsed.output;
      if (times > 0) wanted.set(path, parsed.output);
      else for (const known of wanted.keys()) if (known.startsWith(path)) wanted.delete(known);
      return parsed;
    },
    /** Returns the response for a request to this path, and counts the request. */
    next(path: string): { status: number; delay_ms: number } {
      const found = [...wanted.values()].find((one) => path.startsWith(one.path));
      if (!found) return { status: 200, delay_ms: 0 };
      found.times -= 1;
      if (found.times === 0) wanted.delete(found.path);
      return found;
    },
  };
}
