// How the pages reach the program: one shape, two ways. In the desktop's window through Tauri, in a browser over HTTP.
import { isTauri } from "@tauri-apps/api/core";
import { browser } from "./browser";
import { desktop } from "./desktop";
import type { Snapshot, WindowCommand } from "./types";

/** Whether the program can be reached. */
export type Reach = "here" | "lost" | "wants-token";

/** Who is told. */
export interface Ears {
  state(next: Snapshot): void;
  /** Somebody asked for a page, such as `jobs/7`. */
  page(wanted: string): void;
  reach(now: Reach): void;
}

export interface Transport {
  /** Has one thing done. Errors are in words, in the language that is shown. */
  ask<T>(command: WindowCommand): Promise<T>;
  /** Tells from now on; done once there is something to draw. */
  listen(ears: Ears): Promise<void>;
}

export const onDesktop = isTauri();
export const transport: Transport = onDesktop ? desktop : browser;
