// What the window may ask the program for. Errors are in words, in the language that is shown.
import { invoke } from "@tauri-apps/api/core";
import type { JobRow, Language, Snapshot } from "./types";

export const snapshot = () => invoke<Snapshot>("snapshot");
export const wantedPage = () => invoke<string | null>("wanted_page");
/** Where the licence key is kept; null where there is none. */
export const keyPlace = () => invoke<"keyring" | "file" | null>("key_place");
export const setUpServer = (url: string, key: string | null) => invoke<void>("set_up_server", { url, key });
export const setLanguage = (language: Language | null) => invoke<void>("set_language", { language });
export const startsAtLogin = () => invoke<boolean>("starts_at_login");
export const startAtLogin = (on: boolean) => invoke<void>("start_at_login", { on });
export const searchDevices = () => invoke<void>("search_devices");
export const addPrinter = (name: string, uri: string, profile: string | null, role: string | null) =>
  invoke<void>("add_printer", { name, uri, profile, role });
export interface PrinterChange {
  printer: string;
  profile: string;
  roles: string[];
  backup: string | null;
}
export const changePrinter = (change: PrinterChange) => invoke<void>("change_printer", { change });
/** The models that Platen knows: the name of the profile, and what people call it. */
export const models = () => invoke<[string, string][]>("models");
export const removePrinter = (printer: string) => invoke<void>("remove_printer", { printer });
export const testPrint = (printer: string) => invoke<JobRow | null>("test_print", { printer });
export const openDrawer = (printer: string) => invoke<JobRow | null>("open_drawer", { printer });
export const pause = (printer: string) => invoke<void>("pause", { printer });
export const resume = (printer: string) => invoke<void>("resume", { printer });
export const jobs = (state: string | null, before: number | null) => invoke<JobRow[]>("jobs", { state, before });
/** An address for a picture of a job's paper. */
export const paper = (id: number) => invoke<string>("paper", { id });
export const reprint = (id: number) => invoke<void>("reprint", { id });
export const cancel = (id: number) => invoke<void>("cancel", { id });
export const resolve = (id: number, resolution: "printed" | "reprint") => invoke<void>("resolve", { id, resolution });
