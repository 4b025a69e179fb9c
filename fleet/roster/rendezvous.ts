/**
 * Rendezvous (highest random weight) hashing with bounded load: every process that knows the same
 * users and instances computes the same owners, with no coordinator. When an instance joins or
 * leaves, only the users it gains or loses move (about 1/n).
 *
 * Names are hashed once; a pair costs one integer mixer.
 *
 * Source: Thaler & Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM ToN
 * 6(1), 1998.
 */

/** FNV-1a over UTF-16 units, then murmur3's finaliser so that close inputs land far apart. Not for secrets. */
export function hashName(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return mix(h);
}

function mix(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

export interface Bin {
  id: string;
  /** How many keys it takes at most. */
  capacity: number;
}

/**
 * Names an owner for each key: of the bins that have room the one with the highest score, as an
 * index into `bins`, or -1 where all are full. Keys are served in the order given, so give every
 * process the same order.
 *
 * @param keyHashes `hashName()` of each key.
 * @param bins Sorted by id: equal scores go to the first.
 */
export function assignOwners(keyHashes: Uint32Array, bins: readonly Bin[]): Int32Array {
  const seeds = Uint32Array.from(bins, (bin) => hashName(bin.id));
  const room = Float64Array.from(bins, (bin) => bin.capacity);
  const owners = new Int32Array(keyHashes.length).fill(-1);
  for (let k = 0; k < keyHashes.length; k++) {
    const key = keyHashes[k] ?? 0;
    let owner = -1;
    let best = -1;
    for (let b = 0; b < seeds.length; b++) {
      const score = mix(key ^ (seeds[b] ?? 0));
      if (score > best && (room[b] ?? 0) > 0) {
        best = score;
        owner = b;
      }
    }
    owners[k] = owner;
    if (owner >= 0) room[owner] = (room[owner] ?? 0) - 1;
  }
  return owners;
}

/** The owner of one key among bins without bounds. */
export function ownerOf(key: string, ids: readonly string[]): string | undefined {
  const bins = ids.map((id) => ({ id, capacity: 1 }));
  return ids[assignOwners(Uint32Array.of(hashName(key)), bins)[0] ?? -1];
}
