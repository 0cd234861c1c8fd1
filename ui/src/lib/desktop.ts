// The way to the program from the desktop's window, and what only a desktop has.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Transport } from "./transport";
import type { Snapshot } from "./types";

export const desktop: Transport = {
  ask: (command) => invoke("ask", { command }),
  async listen(ears) {
    let told = false;
    await listen<Snapshot>("state", (event) => {
      told = true;
      ears.state(event.payload);
    });
    // What is wanted waits until it is asked for: a page that is still being loaded misses no event.
    const turn = async () => {
      const wanted = await invoke<string | null>("wanted_page");
      if (wanted) ears.page(wanted);
    };
    await listen("page", () => void turn());
    const first = await invoke<Snapshot>("ask", { command: { do: "snapshot" } });
    // What came meanwhile is newer.
    if (!told) ears.state(first);
    await turn();
  },
};

export const openLogs = () => invoke<void>("open_logs");
export const startsAtLogin = () => invoke<boolean>("starts_at_login");
export const startAtLogin = (on: boolean) => invoke<void>("start_at_login", { on });
