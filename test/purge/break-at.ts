import type { FleetStack } from "../harness/stacks/fleet-stack.ts";

type Deps = Pick<FleetStack, "db" | "bus">;

/**
 * Returns a database and a bus whose calls are counted together. The n-th call and all later calls
 * fail, as if the process were killed.
 */
export function breakAt({ db, bus }: Deps, n: number): Deps & { isDead(): boolean } {
  let calls = 0;
  const mortal = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          if (++calls >= n) throw new Error("Killed");
          return value.apply(target, args);
        };
      },
    });
  const [streams, direct] = [mortal(bus.jsm.streams), mortal(bus.jsm.direct)];
  const jsm = new Proxy(bus.jsm, {
    get(target, name, receiver): unknown {
      if (name === "streams") return streams;
      return name === "direct" ? direct : Reflect.get(target, name, receiver);
    },
  });
  const { publish, publishUntilStored } = mortal({ ...bus });
  return {
    db: mortal(db),
    bus: { ...bus, jsm, publish, publishUntilStored, repair: () => Promise.resolve() },
    isDead: () => calls >= n,
  };
}
