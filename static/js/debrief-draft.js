// A draft as one open page keeps it: what was typed and not yet heard to be saved, on this
// device within 300 ms and on the server within a second of a pause.

import { LocalCopy, claim } from "./debrief-copy.js";

const COPY_AFTER = 200;
const SAVE_AFTER = 700;
const SAVE_AT_LEAST_EVERY = 5000;
const RETRY_AFTER = 4000;

export const SAVED = "Saved";
export const SAVING = "Saving…";
export const OFFLINE = "Offline, kept on this device";
export const NOT_SAVED = "Not saved: see the marked answers";
export const UNREACHABLE = "Offline. Keep this page open";

export class Draft extends EventTarget {
  dirty = new Map();
  conflicts = new Map();
  refused = new Map();
  #address;
  #user;
  #token;
  #writer;
  #base;
  #sequence = 0;
  #copy = null;
  #copyTimer;
  #saveTimer;
  #dirtySince = 0;
  #inFlight = null;
  #stopped = "";

  constructor({ address, user, token, writer, base }) {
    super();
    this.#address = address;
    this.#user = String(user);
    this.#token = token;
    this.#writer = writer;
    this.#base = base;
  }

  get base() { return this.#base; }
  get writer() { return this.#writer; }
  get stopped() { return this.#stopped; }

  // Take over what earlier pages kept on this device and could not save.
  async open(key, closing) {
    this.#copy = await LocalCopy.open(key, this.#user, closing);
    if (!this.#copy) return;
    const orphans = await this.#copy.orphans();
    const own = orphans.shift();
    if (own) this.#adopt(own);
    else await claim(this.#writer);
    for (const other of orphans) await this.#replay(other);
  }

  set(name, value) {
    this.dirty.set(name, value);
    this.refused.delete(name);
    this.#dirtySince ||= Date.now();
    this.#tell("status", SAVING);
    clearTimeout(this.#copyTimer);
    this.#copyTimer = setTimeout(() => this.keepCopy(), COPY_AFTER);
    this.#plan(Math.max(0, Math.min(SAVE_AFTER, this.#dirtySince + SAVE_AT_LEAST_EVERY - Date.now())));
  }

  async keepCopy() {
    if (!this.#copy) return;
    if (this.dirty.size === 0) return this.#copy.remove(this.#writer);
    await this.#copy.write(this.#writer, {
      writer: this.#writer,
      sequence: this.#sequence,
      base: this.#base,
      dirty: Object.fromEntries(this.dirty),
      conflicts: Object.fromEntries(this.conflicts),
    });
  }

  // Save now; true when everything typed stands on the server.
  async flush() {
    clearTimeout(this.#saveTimer);
    if (this.#inFlight) await this.#inFlight;
    if (this.#unsent().length > 0) await this.#save();
    return this.dirty.size === 0;
  }

  settle(name, value) {
    this.conflicts.delete(name);
    if (value !== undefined) this.dirty.set(name, value);
    else this.dirty.delete(name);
    this.#plan(0);
    this.keepCopy();
    if (this.dirty.size === 0) this.#tell("status", SAVED);
  }

  // Look whether the session stands, and what others changed; goes on saving when it does.
  async look() {
    let reply;
    try {
      reply = await fetch(`${this.#address}?base=${this.#base}&writer=${this.#writer}`, { credentials: "same-origin" });
    } catch {
      return;
    }
    if (reply.status === 401) return this.#stop("session");
    if (!reply.ok) return;
    const news = await reply.json();
    if (String(news.user) !== this.#user) return this.#stop("other-user");
    this.#token = news.csrf;
    this.#tell("token", news.csrf);
    if (this.#stopped === "session") {
      this.#stopped = "";
      this.#tell("resumed");
    }
    this.#hear(news.updates ?? {});
    if (this.#unsent().length > 0) this.#plan(0);
  }

  #adopt(kept) {
    this.#writer = kept.writer;
    this.#sequence = kept.sequence;
    this.#base = kept.base;
    for (const [name, value] of Object.entries(kept.dirty)) {
      this.dirty.set(name, value);
      this.#tell("field", { name, value });
    }
    for (const [name, theirs] of Object.entries(kept.conflicts ?? {})) this.#contest(name, theirs);
    this.#plan(0);
  }

  async #replay(kept) {
    const body = { writer: kept.writer, sequence: kept.sequence + 1, base: kept.base, changes: kept.dirty };
    const reply = await this.#post(body).catch(() => null);
    if (!reply?.ok) return;
    const news = await reply.json();
    for (const [name, { mine, theirs }] of Object.entries(news.conflicts)) {
      this.dirty.set(name, mine);
      this.#tell("field", { name, value: mine });
      this.#contest(name, theirs);
    }
    this.#copy.remove(kept.writer);
    await this.look();
  }

  #unsent() {
    return [...this.dirty].filter(([name]) => !this.conflicts.has(name) && !this.refused.has(name));
  }

  #plan(delay) {
    clearTimeout(this.#saveTimer);
    if (this.#stopped) return;
    this.#saveTimer = setTimeout(() => this.flush(), delay);
  }

  async #save() {
    this.#inFlight = this.#send(Object.fromEntries(this.#unsent()));
    try {
      await this.#inFlight;
    } finally {
      this.#inFlight = null;
    }
  }

  async #send(changes) {
    this.#tell("status", SAVING);
    this.#sequence += 1;
    const body = { writer: this.#writer, sequence: this.#sequence, base: this.#base, changes };
    let reply;
    try {
      reply = await this.#post(body);
    } catch {
      return this.#keepTrying();
    }
    if (reply.status === 200) return this.#saved(changes, await reply.json());
    if (reply.status === 422) return this.#refuse((await reply.json()).errors);
    if (reply.status === 409) return this.#stop("submitted", (await reply.json()).goal);
    if (reply.status === 401) return this.#stop("session");
    if (reply.status === 403) return this.look();
    this.#keepTrying();
  }

  #post(body) {
    return fetch(this.#address, {
      method: "POST",
      credentials: "same-origin",
      redirect: "error",
      keepalive: JSON.stringify(body).length < 60000,
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.#token },
      body: JSON.stringify(body),
    });
  }

  #keepTrying() {
    this.keepCopy();
    this.#tell("status", this.#copy ? OFFLINE : UNREACHABLE);
    this.#plan(RETRY_AFTER);
  }

  #saved(sent, news) {
    this.#base = news.revision;
    for (const [name, value] of Object.entries(sent)) {
      if (name in news.conflicts) this.#contest(name, news.conflicts[name].theirs);
      else if (this.dirty.get(name) === value) this.dirty.delete(name);
    }
    this.#hear(news.updates);
    this.#dirtySince = this.dirty.size ? Date.now() : 0;
    this.keepCopy();
    if (this.#unsent().length > 0) this.#plan(SAVE_AFTER);
    else this.#tell("status", this.dirty.size ? NOT_SAVED : SAVED);
  }

  #hear(updates) {
    for (const [name, value] of Object.entries(updates)) {
      if (!this.dirty.has(name)) this.#tell("field", { name, value });
    }
  }

  #contest(name, theirs) {
    this.conflicts.set(name, theirs);
    this.#tell("conflict", { name, mine: this.dirty.get(name), theirs });
  }

  #refuse(errors) {
    for (const [name, message] of Object.entries(errors)) this.refused.set(name, message);
    this.#tell("refused", errors);
    this.#tell("status", NOT_SAVED);
    if (this.#unsent().length > 0) this.#plan(SAVE_AFTER);
  }

  #stop(reason, detail) {
    this.keepCopy();
    if (this.#stopped === reason) return;
    this.#stopped = reason;
    clearTimeout(this.#saveTimer);
    this.#tell("status", reason === "session" ? "Kept on this device" : "");
    this.#tell("stopped", { reason, detail });
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
