/**
 * The owner of some work, and the mail server or endpoint that the work waits for. `host` is null
 * when the host does not matter.
 */
export interface Party {
  partnerId: string;
  host: string | null;
}

/**
 * A queue that serves partners in turn, and the hosts of a partner in turn. So a partner with a
 * long backlog does not delay other partners.
 */
export interface TurnQueue<T> {
  readonly size: number;
  add(party: Party, item: T): void;
  /** Removes an item without serving it. Does nothing when the item is not in the queue. */
  remove(party: Party, item: T): void;
  /**
   * Removes and returns the next item of a party for which `mayGo` returns true; undefined when
   * there is no such item.
   */
  next(mayGo: (party: Party) => boolean): T | undefined;
}

export function createTurnQueue<T>(): TurnQueue<T> {
  /**
   * The items by partner and host. In each map, the first entry is served next. Empty entries are
   * deleted.
   */
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
