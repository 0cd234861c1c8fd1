// The way to the program from a browser: commands by POST, states as server-sent events. The token goes with each of them
// and is kept for as long as the tab is open. EventSource cannot show one, so the events are read from a fetch.
import type { Ears, Transport } from "./transport";
import type { Snapshot, WindowCommand } from "./types";
import { say, shownLanguage, type Key } from "./words";

const TOKEN = "platen-token";
/** A line is dead on which nothing was heard for this long; the program says something every 10 s. In milliseconds. */
const SILENCE = 25_000;
/** A line that breaks is tried again after this, and after twice as long each time. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;
/** A break is only said where it lasts for this long: the program is away for a moment when it starts with new settings. */
const BLINK = 1_500;

let ears: Ears | null = null;
let following: AbortController | null = null;

export const browser: Transport = {
  ask,
  async listen(whose) {
    ears = whose;
    const token = sessionStorage.getItem(TOKEN);
    const known = token !== null && (await follow(token).catch(() => false));
    if (!known) ears.reach("wants-token");
  },
};

/** Signs in; what is wrong is thrown in words. */
export async function signIn(token: string): Promise<void> {
  if (!(await follow(token))) throw words("web.wrong-token");
}

/** Forgets the token. */
export function signOut(): void {
  sessionStorage.removeItem(TOKEN);
  following?.abort();
  ears?.reach("wants-token");
}

async function ask<T>(command: WindowCommand): Promise<T> {
  const token = sessionStorage.getItem(TOKEN) ?? "";
  const headers = { ...shown(token), "Content-Type": "application/json" };
  const body = JSON.stringify(command);
  const response = await fetch("/window/ask", { method: "POST", headers, body }).catch(() => {
    throw words("web.lost");
  });
  if (response.ok) return (await response.json()) as T;
  if (response.status === 401) signOut();
  throw await reason(response);
}

/** Follows the states until the token is forgotten; gives whether it is the right one, once a state has come. */
async function follow(token: string): Promise<boolean> {
  following?.abort();
  const ending = new AbortController();
  const first = await open(token, ending.signal);
  if (first === null) return false;
  // Before anything is drawn: what is drawn asks for more.
  sessionStorage.setItem(TOKEN, token);
  following = ending;
  const heard = new Promise<void>((resolve) => void keep(token, first, ending.signal, resolve));
  await heard;
  return true;
}

/** Reads states, and opens the line again whenever it breaks. */
async function keep(token: string, first: Line, ending: AbortSignal, heard: () => void): Promise<void> {
  let line: Line | null = first;
  let pause = FIRST_PAUSE;
  let blink: number | undefined;
  while (!ending.aborted) {
    if (line) {
      for await (const state of states(line)) {
        clearTimeout(blink);
        pause = FIRST_PAUSE;
        ears?.state(state);
        ears?.reach("here");
        heard();
      }
      clearTimeout(blink);
      if (!ending.aborted) blink = window.setTimeout(() => ears?.reach("lost"), BLINK);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    if (ending.aborted) break;
    try {
      line = await open(token, ending);
      // The token was changed meanwhile.
      if (line === null) signOut();
    } catch {
      line = null;
    }
  }
  clearTimeout(blink);
  heard();
}

interface Line {
  reader: ReadableStreamDefaultReader<Uint8Array>;
  close: () => void;
}

/** The line on which states come; null where the token is a wrong one. */
async function open(token: string, ending: AbortSignal): Promise<Line | null> {
  const closing = new AbortController();
  const close = () => {
    ending.removeEventListener("abort", close);
    closing.abort();
  };
  ending.addEventListener("abort", close, { once: true });
  const late = setTimeout(close, SILENCE);
  try {
    const response = await fetch("/window/states", { headers: shown(token), signal: closing.signal });
    if (response.status === 401) {
      close();
      return null;
    }
    if (!response.ok || !response.body) throw await reason(response);
    return { reader: response.body.getReader(), close };
  } catch (error) {
    close();
    throw typeof error === "string" ? error : words("web.lost");
  } finally {
    clearTimeout(late);
  }
}

/** The states until the line breaks. */
async function* states(line: Line): AsyncGenerator<Snapshot> {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const silent = setTimeout(line.close, SILENCE);
    const part = await line.reader.read().catch(() => ({ done: true, value: undefined }));
    clearTimeout(silent);
    if (part.done) return line.close();
    text += decoder.decode(part.value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      if (event.startsWith("data: ")) yield JSON.parse(event.slice(6)) as Snapshot;
    }
  }
}

async function reason(response: Response): Promise<string> {
  if (response.status === 401) return words("web.wrong-token");
  if (response.status === 429) return words("web.too-many");
  const said: { error?: unknown } = await response.json().catch(() => ({}));
  return typeof said.error === "string" ? said.error : words("web.lost");
}

function shown(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

function words(key: Key): string {
  return say(shownLanguage(), key);
}
