import { describe, expect, it } from "vitest";
import { count, direction, named, say } from "./words";

describe("words", () => {
  it("fill their places, and keep Latin names apart in Arabic", () => {
    expect(say("en", "paper.of", { number: "A-1042" })).toBe("The paper of A-1042");
    expect(say("ar", "paper.of", { number: "A-1042" })).toContain("\u2068A-1042\u2069");
    expect(say("fr", "paper.of")).not.toContain("{");
  });

  it("take the form of their number", () => {
    expect(count("en", "jobs.count", 1)).toBe("1 job");
    expect(count("fr", "jobs.count", 0)).toBe("0 impression");
    const forms = new Set([0, 1, 2, 3, 11, 100].map((number) => count("ar", "menu.waiting", number)));
    expect(forms.size).toBe(6);
  });

  it("are the engine's own where the catalogue does not know them yet", () => {
    expect(named("en", "reason", "media-empty")).toContain("Put in a new roll");
    expect(named("en", "reason", "on-fire")).toBe("on-fire");
  });

  it("run from right to left in Arabic only", () => {
    expect(["en", "fr", "ar"].map((language) => direction(language as "en"))).toEqual(["ltr", "ltr", "rtl"]);
  });
});
