/** Whose work something is, and whom it waits on: a mail server, an endpoint. Null: that does not matter. */
export interface Party {
  partnerId: string;
  host: string | null;
}

/** What waits, in turn by partner, and by host within a partner: who has much that waits holds up nobody else. */
export interface TurnQueue<T> {
  readonly size: number;
  add(party: Party, item: T): void;
  /** Takes it out of its turn; nothing where it is gone. */
  remove(party: Party, item: T): void;
  /** Takes the next one of a party that `mayGo`; undefined: there is none. */
  next(mayGo: (party: Party) => boolean): T | undefined;
}

export function createTurnQueue<T>(): TurnQueue<T> {
  /** In both maps the first is the next. Nothing empty is kept. */
  const partners = new Map<string, Map<string | null, Set<T>>>();
  let size = 0;

  function remove({ partnerId, host }: Party, item: T): void {
    const hosts = partners.get(partnerId);
    const items = hosts?.get(host);
    if (!hosts || !items?.delete(item)) return;
    size--;
    if (items.size === 0) hosts.delete(host);
    if (hosts.size === 0) partners.delete(partnerId);
  }

  return {
    get size() {
      return size;
    },
    add({ partnerId, host }, item) {
      const hosts = partners.get(partnerId) ?? new Map<string | null, Set<T>>();
      const items = hosts.get(host) ?? new Set();
      partners.set(partnerId, hosts.set(host, items.add(item)));
      size++;
    },
    remove,
    next(mayGo) {
      for (const [partnerId, hosts] of partners) {
        for (const [host, items] of hosts) {
          const party = { partnerId, host };
          if (!mayGo(party)) continue;
          for (const item of items) {
            moveToEnd(partners, partnerId, hosts);
            moveToEnd(hosts, host, items);
            remove(party, item);
            return item;
          }
        }
      }
      return undefined;
    },
  };
}

function moveToEnd<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
}
