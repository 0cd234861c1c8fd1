import { describe, expect, it } from "vitest";
import { lateness, REACTION } from "./late";

describe("a press on what has just taken another's place", () => {
  it("is late for as long as a person takes to see it", () => {
    let now = 1_000;
    const presses = lateness(() => now);
    presses.shows("cancel");
    expect(presses.isLate(), "it was nothing else before").toBe(false);
    now += 10_000;
    presses.shows("cancel");
    expect(presses.isLate(), "the same again").toBe(false);
    presses.shows("reprint");
    expect(presses.isLate()).toBe(true);
    now += REACTION - 1;
    presses.shows("reprint");
    expect(presses.isLate()).toBe(true);
    now += 1;
    expect(presses.isLate()).toBe(false);
  });
});
