import { describe, expect, it } from "vitest";
import { freeName } from "./names";

describe("the name for a new printer", () => {
  it("is the device's own where no printer has it", () => {
    expect(freeName("TM-T88VI", ["Bar"])).toBe("TM-T88VI");
  });

  it("has a number behind it where one has it, whatever its case", () => {
    expect(freeName("POS-80", ["pos-80"])).toBe("POS-80 2");
    expect(freeName("POS-80", ["POS-80", "pos-80 2", "Bar"])).toBe("POS-80 3");
  });

  it("is never longer than a name may be", () => {
    const long = "x".repeat(70);
    const first = freeName(long, []);
    const second = freeName(long, [first]);
    expect([first.length, second.length, second.endsWith("x 2")]).toEqual([60, 60, true]);
  });
});
