// Written from crates/window by its tests (PLATEN_GOLDEN=write). Not by hand.

export type Language = "en" | "fr" | "ar";

export type Mood = "ready" | "working" | "attention" | "offline";

export type Told = { 
/**
 * One line.
 */
line: string, 
/**
 * Why, and what to do about it or whom to call, a line each; empty where that is not known.
 */
more: string, };

export type Status = { 
/**
 * Which icon.
 */
mood: Mood, 
/**
 * In words, one line.
 */
line: string, 
/**
 * What is between the till and its server; none where nothing is.
 */
hurdle: Told | null, };

export type EngineState = { "is": "starting" } | { "is": "running" } | { "is": "failed", 
/**
 * Why.
 */
why: string, };

export type Gap = "away" | "untrusted";

export type Line = { "is": "none" } | { "is": "connecting" } | { "is": "online" } | { "is": "offline", 
/**
 * Since when, in milliseconds since 1970.
 */
since: number, 
/**
 * Why.
 */
why: string | null, 
/**
 * What kind of reason that is.
 */
gap: Gap, } | { "is": "refused", 
/**
 * Why.
 */
why: string, };

export type Licence = { "is": "unchecked" } | { "is": "valid", 
/**
 * The company.
 */
company: string | null, 
/**
 * The branch.
 */
branch: string | null, 
/**
 * Until when, as the server wrote it.
 */
expires: string | null, } | { "is": "refused", 
/**
 * What to do.
 */
words: string, } | { "is": "unavailable", 
/**
 * The company.
 */
company: string | null, 
/**
 * The branch.
 */
branch: string | null, 
/**
 * Until when, as the server wrote it.
 */
expires: string | null, };

export type Health = "ready" | "working" | "trouble" | "unknown";

export type Works = "yes" | "no";

export type Other = { 
/**
 * What people call it.
 */
name: string, 
/**
 * Whether it does its work now.
 */
works: Works, 
/**
 * How it is.
 */
words: string, 
/**
 * What else a person should know of it.
 */
notes: Array<string>, };

export type Printer = { 
/**
 * Its stable id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * How it is, at a glance.
 */
health: Health, 
/**
 * What is to be told about it, most urgent first: keys `reason.…` of the catalogue.
 */
reasons: string[], 
/**
 * Whether a person paused it.
 */
paused: boolean, 
/**
 * Jobs waiting for it.
 */
waiting: number, 
/**
 * What it is there for: keys `role.…`.
 */
roles: string[], 
/**
 * Where it is.
 */
uri: string, 
/**
 * What its model can do.
 */
profile: string, 
/**
 * The paper in it, where that is not what its model is made for.
 */
paper: "58mm" | "80mm" | null, 
/**
 * The printer that takes its jobs when it cannot print, by name.
 */
backup: string | null, };

export type Found = { 
/**
 * Names it.
 */
id: string, 
/**
 * What it calls itself.
 */
name: string, 
/**
 * Where it would be printed to; none where Platen cannot.
 */
uri: string | null, 
/**
 * The profile for its model.
 */
profile: string, 
/**
 * What stands in the way.
 */
trouble: string | null, };

export type JobRow = { 
/**
 * Our id.
 */
id: number, 
/**
 * The sender's id.
 */
externalId: string | null, 
/**
 * The printer's name, while there is one.
 */
printer: string | null, 
/**
 * What it is: a key `document.…`.
 */
document: string, 
/**
 * Who sent it: a key `connector.…`.
 */
from: string, 
/**
 * Where it stands: a key `state.…`.
 */
state: string, 
/**
 * Whether it still wants to be printed.
 */
open: boolean, 
/**
 * The state in words.
 */
message: string, 
/**
 * When it was stored, in milliseconds since 1970.
 */
acceptedAt: number, };

export type JobsWanted = { 
/**
 * With this number, this text in the sender's id, or this text in the printer's name.
 */
search: string | null, 
/**
 * In this state: a key `state.…`.
 */
state: string | null, 
/**
 * Of this kind: a key `document.…`.
 */
document: string | null, 
/**
 * For this printer, by its id.
 */
printer: string | null, 
/**
 * From this sender: a key `connector.…`.
 */
connector: string | null, 
/**
 * Stored at this time or later, in milliseconds since 1970.
 */
from: number | null, 
/**
 * Stored before this time.
 */
until: number | null, };

export type UpdateStep = "off" | "look" | "busy" | "install" | "soon" | "trouble";

export type Updates = { 
/**
 * What a person may do.
 */
step: UpdateStep, 
/**
 * In a few words, for the menu.
 */
label: string, 
/**
 * In words, with what to do.
 */
words: string, 
/**
 * Which versions the till takes: a key `updates.channel-…`.
 */
channel: string, 
/**
 * When a server last answered, in milliseconds since 1970.
 */
looked: number | null, };

export type Snapshot = { 
/**
 * The program's version.
 */
version: string, 
/**
 * The folder of settings, spool and logs.
 */
home: string, 
/**
 * The folder of logs.
 */
logs: string, 
/**
 * The language that is shown.
 */
language: Language, 
/**
 * How it is, at a glance.
 */
status: Status, 
/**
 * Whether the engine runs.
 */
engine: EngineState, 
/**
 * The server, as it was set up; none where it was not.
 */
server: string | null, 
/**
 * The line to it.
 */
line: Line, 
/**
 * What it says of the licence.
 */
licence: Licence, 
/**
 * Other systems that send jobs.
 */
others: Array<Other>, 
/**
 * The printers, by name.
 */
printers: Array<Printer>, 
/**
 * Devices that no printer uses.
 */
found: Array<Found>, 
/**
 * The newest jobs, newest first; at most 20.
 */
jobs: Array<JobRow>, 
/**
 * Jobs that may be on paper: a person has to look; at most 20.
 */
unconfirmed: Array<JobRow>, 
/**
 * How many there are of them.
 */
unconfirmedCount: number, 
/**
 * How many of the kept jobs waited too long for their printer, and were not printed.
 */
expiredCount: number, 
/**
 * Jobs that wait for their printer, or are being printed.
 */
openCount: number, 
/**
 * What a person should know.
 */
notices: Array<string>, 
/**
 * How it is with updates.
 */
updates: Updates, 
/**
 * Whether the program stopped again and again and was restarted.
 */
crashes: number, };

export type NewPrinter = { 
/**
 * What people call it.
 */
name: string, 
/**
 * Where it is.
 */
uri: string, 
/**
 * Its model, by the name of its profile; none for a general one.
 */
profile: string | null, 
/**
 * What it prints, where it is the first for something.
 */
role: string | null, };

export type PrinterChange = { 
/**
 * Which, by its id.
 */
printer: string, 
/**
 * Its model, by the name of its profile.
 */
profile: string, 
/**
 * The paper in it; none for what its model is made for.
 */
paper: "58mm" | "80mm" | null, 
/**
 * What it prints.
 */
roles: string[], 
/**
 * The printer that takes its jobs when it cannot print, by name.
 */
backup: string | null, };

export type ProxyChoice = { "is": "as-this-computer" } | { "is": "none" } | { "is": "address", 
/**
 * Where it is. Its password is never shown; an address that is given back as it was shown keeps it.
 */
url: string, };

export type Connection = { 
/**
 * How to get out of the shop.
 */
proxy: ProxyChoice, 
/**
 * A file with the shop's own certificate authority.
 */
caFile: string | null, 
/**
 * Which driver carries the line.
 */
driver: "native" | "rust_socketio", };

export type Offer = { 
/**
 * Its address, as a person would type it: `https://till.example.org`.
 */
url: string, 
/**
 * What is shown of it: its name, and its port where that is not the usual one.
 */
name: string, };

export type WindowCommand = { "do": "snapshot" } | { "do": "key-place" } | { "do": "set-up-server", 
/**
 * Its address.
 */
url: string, 
/**
 * The licence key, where a new one is given.
 */
key: string | null, } | { "do": "find-server" } | { "do": "stop-finding-server" } | { "do": "connection" } | { "do": "change-connection" } & Connection | { "do": "receipt-days" } | { "do": "keep-receipts", 
/**
 * From 0 to 3650.
 */
days: number, } | { "do": "make-bundle" } | { "do": "set-language", 
/**
 * Which; none for that of the session.
 */
language: Language | null, } | { "do": "look-for-update" } | { "do": "install-update" } | { "do": "search-devices" } | { "do": "add-printer" } & NewPrinter | { "do": "change-printer" } & PrinterChange | { "do": "models" } | { "do": "remove-printer", 
/**
 * Its id.
 */
printer: string, } | { "do": "test-print", 
/**
 * The printer's id.
 */
printer: string, } | { "do": "open-drawer", 
/**
 * The printer's id.
 */
printer: string, } | { "do": "pause", 
/**
 * Its id.
 */
printer: string, } | { "do": "resume", 
/**
 * Its id.
 */
printer: string, } | { "do": "jobs", 
/**
 * Which.
 */
wanted: JobsWanted, 
/**
 * Older than this one only, where one is named.
 */
before: number | null, 
/**
 * At most so many, and at most 200.
 */
limit: number, } | { "do": "count-jobs", 
/**
 * Which.
 */
wanted: JobsWanted, } | { "do": "job", 
/**
 * Which.
 */
id: number, } | { "do": "paper", 
/**
 * Which.
 */
id: number, } | { "do": "reprint", 
/**
 * Which.
 */
id: number, } | { "do": "cancel", 
/**
 * Which.
 */
id: number, } | { "do": "resolve", 
/**
 * Which.
 */
id: number, 
/**
 * What was seen, or is wanted.
 */
resolution: "printed" | "reprint", };
