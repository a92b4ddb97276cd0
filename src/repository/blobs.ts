import { maxBytes } from "./file-text.ts";
import { type Answer, askGit, completeClone, isPartial, refusalOf, toldByGit } from "./git-command.ts";

export type Blob =
  | { readonly status: "read"; readonly bytes: Buffer }
  | { readonly status: "too-large"; readonly size: number }
  /** `why` completes "the file cannot be read: …". */
  | { readonly status: "missing"; readonly why: string };

/** Contents that git keeps, by their hashes; each is read once. */
export interface Blobs {
  /** @param beside what will be asked for next, if it is small: one call to git reads it too */
  get(id: string, beside?: () => readonly string[]): Blob;
  /** However large it is. @throws where it is missing */
  whole(id: string): Buffer;
  /** Reads many at once, where this clone has them. */
  ahead(ids: readonly string[]): void;
}

/** What is read before anybody asked for it: each file, and all of one call. */
const unasked = { each: 256 * 1024, all: 16 * 1024 * 1024 };

export function blobsOf(root: string): Blobs {
  const known = new Map<string, Blob>();
  const unknown = (ids: readonly string[]) => [...new Set(ids)].filter((id) => !known.has(id));

  /** A partial clone may refuse the whole call for one of them. */
  const load = (wanted: readonly string[], beside: readonly string[] = []): Answer => {
    const ids = unknown([...wanted, ...beside]);
    const sizes = askGit(root, ["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)"], {
      input: ids.map((id) => `${id}\n`).join(""),
    });
    if (sizes.status !== "answered") return sizes;
    const asked = new Set(wanted);
    let all = 0;
    const taken = sizes.out
      .toString("latin1")
      .split("\n")
      .flatMap((line) => {
        const [id = "", type, digits] = line.split(" ");
        const size = Number(digits);
        if (type !== "blob") return [];
        if (size > maxBytes) known.set(id, { status: "too-large", size });
        else if (asked.has(id) || (size <= unasked.each && all + size <= unasked.all)) {
          all += size;
          return [id];
        }
        return [];
      });
    if (taken.length === 0) return sizes;
    const contents = askGit(root, ["cat-file", "--batch"], { input: taken.map((id) => `${id}\n`).join("") });
    if (contents.status === "answered") keep(contents.out);
    return contents;
  };

  const keep = (out: Buffer): void => {
    let at = 0;
    while (at < out.length) {
      const end = out.indexOf(10, at);
      const [id = "", , size] = out.toString("latin1", at, end).split(" ");
      const start = end + 1;
      known.set(id, { status: "read", bytes: out.subarray(start, start + Number(size)) });
      at = start + Number(size) + 1;
    }
  };

  const get = (id: string, beside: () => readonly string[] = () => []): Blob => {
    const found = known.get(id);
    if (found) return found;
    const others = beside();
    let answer = load([id], others);
    if (!known.has(id) && others.length > 0) answer = load([id]);
    const blob = known.get(id) ?? missing(answer);
    known.set(id, blob);
    return blob;
  };

  return {
    get,
    whole: (id) => {
      const blob = get(id);
      if (blob.status === "missing") throw new Error(`the contents of ${id} cannot be read: ${blob.why}`);
      return blob.status === "read" ? blob.bytes : toldByGit(root, ["cat-file", "blob", id]);
    },
    ahead: (ids) => {
      if (unknown(ids).length > 0) load(ids);
    },
  };
}

function missing(answer: Answer): Blob {
  const isOther = answer.status === "refused" && !isPartial(answer.said);
  const why = isOther ? refusalOf(["cat-file"], answer.said) : `it is not in this clone; ${completeClone}`;
  return { status: "missing", why };
}
