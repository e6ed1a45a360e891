// The copy of a draft that stays on this device: encrypted with a key that only the signed-in
// person's pages are given, one entry per open page (its "writer").

const PREFIX = "reflection-draft";

export class LocalCopy {
  #key;
  #scope;

  static async open(keyInBase64, user, closing) {
    if (!globalThis.crypto?.subtle || !navigator.locks) return null;
    try {
      const raw = Uint8Array.from(atob(keyInBase64), (c) => c.charCodeAt(0));
      const copy = new LocalCopy();
      copy.#key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
      copy.#scope = `${PREFIX}:${user}:${closing}:`;
      return copy;
    } catch {
      return null;
    }
  }

  async write(writer, data) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(data));
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.#key, plain));
    localStorage.setItem(this.#scope + writer, `${toText(iv)}.${toText(sealed)}`);
  }

  remove(writer) {
    localStorage.removeItem(this.#scope + writer);
  }

  // Copies of pages that are no longer open; the writer of each is claimed for this page.
  async orphans() {
    const found = [];
    for (const name of Object.keys(localStorage).filter((key) => key.startsWith(this.#scope))) {
      const writer = name.slice(this.#scope.length);
      if (!(await claim(writer))) continue;
      const data = await this.#read(name);
      if (data) found.push(data);
      else localStorage.removeItem(name);
    }
    return found;
  }

  async #read(name) {
    try {
      const [iv, sealed] = localStorage.getItem(name).split(".").map(toBytes);
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.#key, sealed);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null;
    }
  }
}

// True when no other open page is this writer; held until the page goes.
export function claim(writer) {
  return new Promise((resolve) => {
    navigator.locks.request(`${PREFIX}:${writer}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise(() => {}) : null;
    });
  });
}

function toText(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function toBytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
