// What the pages may ask the program for. Errors are in words, in the language that is shown.
import { transport } from "./transport";
import type { Connection, JobRow, JobsWanted, Language, NewPrinter, Offer, PrinterChange, WindowCommand } from "./types";

const ask = <T>(command: WindowCommand) => transport.ask<T>(command);

/** Where the licence key is kept; null where there is none. */
export const keyPlace = () => ask<"keyring" | "file" | null>({ do: "key-place" });
export const setUpServer = (url: string, key: string | null) => ask<void>({ do: "set-up-server", url, key });
/** The server that the network names, for a till without one; null where it names none. Takes up to three seconds. */
export const findServer = () => ask<Offer | null>({ do: "find-server" });
export const stopFindingServer = () => ask<void>({ do: "stop-finding-server" });
/** How the server is reached; null where none is set up. Without passwords. */
export const connection = () => ask<Connection | null>({ do: "connection" });
export const changeConnection = (change: Connection) => ask<void>({ do: "change-connection", ...change });
export const receiptDays = () => ask<number>({ do: "receipt-days" });
export const keepReceipts = (days: number) => ask<void>({ do: "keep-receipts", days });
/** Makes the file that support asks for; gives its path. */
export const makeBundle = () => ask<string>({ do: "make-bundle" });
export const setLanguage = (language: Language | null) => ask<void>({ do: "set-language", language });
export const lookForUpdate = () => ask<void>({ do: "look-for-update" });
export const installUpdate = () => ask<void>({ do: "install-update" });
export const searchDevices = () => ask<void>({ do: "search-devices" });
export const addPrinter = (printer: NewPrinter) => ask<void>({ do: "add-printer", ...printer });
export const changePrinter = (change: PrinterChange) => ask<void>({ do: "change-printer", ...change });
/** The models that Platen knows: the name of the profile, and what people call it. */
export const models = () => ask<[string, string][]>({ do: "models" });
export const removePrinter = (printer: string) => ask<void>({ do: "remove-printer", printer });
export const testPrint = (printer: string) => ask<JobRow | null>({ do: "test-print", printer });
export const openDrawer = (printer: string) => ask<JobRow | null>({ do: "open-drawer", printer });
export const pause = (printer: string) => ask<void>({ do: "pause", printer });
export const resume = (printer: string) => ask<void>({ do: "resume", printer });
/** Jobs, newest first: at most `limit` of those older than `before`. */
export const jobs = (wanted: JobsWanted, before: number | null, limit: number) =>
  ask<JobRow[]>({ do: "jobs", wanted, before, limit });
export const countJobs = (wanted: JobsWanted) => ask<number>({ do: "count-jobs", wanted });
export const job = (id: number) => ask<JobRow | null>({ do: "job", id });
/** An address for a picture of a job's paper. */
export const paper = (id: number) => ask<string>({ do: "paper", id });
export const reprint = (id: number) => ask<void>({ do: "reprint", id });
export const cancel = (id: number) => ask<void>({ do: "cancel", id });
export const resolve = (id: number, resolution: "printed" | "reprint") => ask<void>({ do: "resolve", id, resolution });
