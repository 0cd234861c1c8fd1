import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Snapshot } from "./types";

/** What the program says when it is asked, and whoever listens to what it says by itself. */
const program = vi.hoisted(() => ({
  answers: new Map<string, unknown>(),
  listeners: new Map<string, (event: { payload: unknown }) => void>(),
}));
vi.mock("@tauri-apps/api/core", () => ({
  isTauri: () => true,
  invoke: async (name: string, given?: { command?: { do: string } }) => program.answers.get(given?.command?.do ?? name) ?? null,
}));
vi.mock("@tauri-apps/api/event", () => ({
  listen: async (name: string, heard: (event: { payload: unknown }) => void) => void program.listeners.set(name, heard),
}));

const shop = (change: Partial<Snapshot>): Snapshot =>
  ({ language: "en", engine: { is: "running" }, server: null, others: [], printers: [], jobs: [], ...change }) as unknown as Snapshot;

async function started(first: Snapshot) {
  program.answers.set("snapshot", first);
  const state = await import("./state.svelte");
  await state.start();
  return state;
}

beforeEach(() => {
  vi.resetModules();
  program.answers.clear();
  vi.stubGlobal("document", { documentElement: { lang: "", dir: "" } });
});

describe("the page that opens", () => {
  it("is the set-up as long as there is no server or no printer", async () => {
    expect((await started(shop({}))).app.page).toBe("setup");
  });

  it("is the overview of a till that is set up", async () => {
    const printers = [{ id: "1" }] as unknown as Snapshot["printers"];
    expect((await started(shop({ server: "https://print.example.com", printers }))).app.page).toBe("home");
  });

  it("waits for a program that starts: it does not know the till yet", async () => {
    const { app } = await started(shop({ engine: { is: "starting" } }));
    expect(app.page).toBe("home");
    const printers = [{ id: "1" }] as unknown as Snapshot["printers"];
    program.listeners.get("state")?.({ payload: shop({ server: "https://print.example.com", printers }) });
    expect(app.page).toBe("home");
    program.listeners.get("state")?.({ payload: shop({}) });
    expect(app.page, "a page that is open stays").toBe("home");
  });

  it("is the set-up also where the program was still starting", async () => {
    const { app } = await started(shop({ engine: { is: "starting" } }));
    program.listeners.get("state")?.({ payload: shop({}) });
    expect(app.page).toBe("setup");
  });

  it("is the one that was asked for in the tray, with its job", async () => {
    program.answers.set("wanted_page", "jobs/7");
    const { app, open } = await started(shop({}));
    expect([app.page, app.job]).toEqual(["jobs", 7]);
    open("nowhere");
    expect([app.page, app.job]).toEqual(["home", null]);
  });

  it("is fetched when the tray says that one is wanted, and stays where none is", async () => {
    const { app } = await started(shop({}));
    const told = program.listeners.get("page");
    program.answers.set("wanted_page", "jobs/8");
    told?.({ payload: null });
    await vi.waitFor(() => expect([app.page, app.job]).toEqual(["jobs", 8]));
    program.answers.delete("wanted_page");
    told?.({ payload: null });
    await new Promise((resolve) => setTimeout(resolve));
    expect([app.page, app.job]).toEqual(["jobs", 8]);
  });
});

describe("a day", () => {
  it("is written as people do, and left alone where it is none", async () => {
    const { day } = await started(shop({ language: "fr" }));
    expect(day("2030-06-30")).toBe("30 juin 2030");
    expect(day("2030-06-30T00:00:00.000Z")).toBe("30 juin 2030");
    expect(day("for ever")).toBe("for ever");
  });
});

describe("the state", () => {
  it("is what the program said last, in its language and direction", async () => {
    const { app, t } = await started(shop({ language: "fr" }));
    expect(t("nav.jobs")).toBe("Impressions");
    program.listeners.get("state")?.({ payload: shop({ language: "ar" }) });
    expect(app.state.language).toBe("ar");
    expect(document.documentElement).toEqual({ lang: "ar", dir: "rtl" });
  });

  it("is not put back by a first answer that comes late", async () => {
    program.answers.set("snapshot", shop({ language: "en" }));
    const state = await import("./state.svelte");
    const starting = state.start();
    await vi.waitFor(() => expect(program.listeners.has("state")).toBe(true));
    program.listeners.get("state")?.({ payload: shop({ language: "fr" }) });
    await starting;
    expect(state.app.state.language).toBe("fr");
  });
});
