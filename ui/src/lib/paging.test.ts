import { describe, expect, it, vi } from "vitest";
import { before, hoursOf, newer, newestOnly, NEWEST, older, range } from "./paging";

describe("the way through a long list", () => {
  it("begins at the newest and comes back the way it went", () => {
    const second = older(NEWEST, 9951);
    const third = older(second, 9901);
    expect([NEWEST, second, third].map(before)).toEqual([null, 9951, 9901]);
    expect(newer(third)).toEqual(second);
    expect(newer(newer(newer(third)))).toEqual(NEWEST);
  });

  it("says which of all are shown", () => {
    expect(range(NEWEST, 50, 50)).toEqual([1, 50]);
    expect(range(older(NEWEST, 51), 50, 7)).toEqual([51, 57]);
  });
});

describe("questions that overtake each other", () => {
  it("lets only the answer to the newest one through", async () => {
    const ask = newestOnly<string>();
    let late: (answer: string) => void = () => {};
    const first = ask(new Promise((answer) => (late = answer)));
    const second = ask(Promise.resolve("second"));
    late("first");
    expect(await second).toBe("second");
    expect(await first).toBeUndefined();
  });

  it("is silent about the failure of an old one, and not about that of the newest", async () => {
    const ask = newestOnly<string>();
    const first = ask(Promise.reject(new Error("old")));
    const second = ask(Promise.reject(new Error("new")));
    expect(await first).toBeUndefined();
    await expect(second).rejects.toThrow("new");
  });
});

describe("a day on the wall", () => {
  it("has as many hours as the clock has that day", () => {
    vi.stubEnv("TZ", "Europe/Paris");
    const hours = (day: string) => {
      const [from, until] = hoursOf(day) ?? [0, 0];
      return (until - from) / 3_600_000;
    };
    // Summer time begins and ends on these two.
    expect(["2026-03-28", "2026-03-29", "2026-10-25"].map(hours)).toEqual([24, 23, 25]);
  });

  it.each(["", "28.11.2026", "2026-02-30", "2026-13-01", "2026-1-1"])("is not %j", (day) => {
    expect(hoursOf(day)).toBeNull();
  });
});
