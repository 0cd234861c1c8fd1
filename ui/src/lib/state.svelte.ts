// The one state that every page shows: what the engine last said, and which page is open.
import { transport, type Reach } from "./transport";
import type { Snapshot } from "./types";
import { count, named, say, shows, type Counted, type Key } from "./words";

export const PAGES = ["home", "jobs", "printers", "settings", "setup"] as const;
export type Page = (typeof PAGES)[number];

let shown = $state.raw<Snapshot | null>(null);
let page = $state<Page>("home");
let job = $state<number | null>(null);
/** Whether a page was chosen. Until the program has started nobody knows which one a person needs. */
let chosen = false;
let reach = $state<Reach>("here");

export const app = {
  /** Only drawn once there is one. */
  get state(): Snapshot {
    if (!shown) throw new Error("drawn before the state came");
    return shown;
  },
  /** Whether the program can be reached. */
  get reach(): Reach {
    return reach;
  },
  get page(): Page {
    return page;
  },
  /** The job that was asked for in the tray. */
  get job(): number | null {
    return job;
  },
};

export function start(): Promise<void> {
  return transport.listen({ state: show, page: open, reach: (now) => (reach = now) });
}

/** Opens `home`, `jobs/7` … */
export function open(wanted: string): void {
  chosen = true;
  const [name, id] = wanted.split("/");
  page = PAGES.find((known) => known === name) ?? "home";
  job = id ? Number(id) : null;
}

export function t(key: Key, values?: Record<string, string>): string {
  return say(app.state.language, key, values);
}

export function n(key: Counted, number: number): string {
  return count(app.state.language, key, number);
}

export function word(group: string, name: string): string {
  return named(app.state.language, group, name);
}

export function moment(at: number): string {
  // The digits that stand in all other messages, and on the receipts.
  const format = new Intl.DateTimeFormat(`${app.state.language}-u-nu-latn`, { dateStyle: "short", timeStyle: "medium" });
  return format.format(at);
}

/** A day as people write it; what is no date stays as it was written. */
export function day(written: string): string {
  const at = Date.parse(written);
  if (Number.isNaN(at)) return written;
  return new Intl.DateTimeFormat(`${app.state.language}-u-nu-latn`, { dateStyle: "long", timeZone: "UTC" }).format(at);
}

export function isNew(): boolean {
  const sender = app.state.server !== null || app.state.others.length > 0;
  return !sender || app.state.printers.length === 0;
}

function show(next: Snapshot): void {
  shown = next;
  if (!chosen && next.engine.is !== "starting") open(isNew() ? "setup" : "home");
  shows(next.language);
}
