// The catalogue of messages. The tray has the same one; a language that lacks a key ends the build.
import ar from "../../messages/ar.json";
import en from "../../messages/en.json";
import fr from "../../messages/fr.json";
import type { Language } from "./types";

type Catalogue = typeof en;
export type Key = { [K in keyof Catalogue]: Catalogue[K] extends string ? K : never }[keyof Catalogue];
export type Counted = Exclude<keyof Catalogue, Key>;
type Messages = Record<Key, string> & Record<Counted, { other: string }>;

const LANGUAGES: Language[] = ["en", "fr", "ar"];
const catalogues: Record<Language, Messages> = { en, fr, ar };

export function direction(language: Language): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}

/** The page is in that language from now on. */
export function shows(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = direction(language);
}

/** The language that the page is in. */
export function shownLanguage(): Language {
  const tag = document.documentElement.lang;
  return LANGUAGES.find((one) => one === tag) ?? "en";
}

/** The first language of the person's own that Platen speaks. */
export function ownLanguage(): Language {
  const own = navigator.languages.map((tag) => LANGUAGES.find((one) => tag.startsWith(one)));
  return own.find((one) => one !== undefined) ?? "en";
}

export function say(language: Language, key: Key, values: Record<string, string> = {}): string {
  return fill(language, catalogues[language][key], values);
}

export function count(language: Language, key: Counted, n: number): string {
  const forms: Record<string, string> = catalogues[language][key];
  const form = new Intl.PluralRules(language).select(n);
  return fill(language, forms[form] ?? forms["other"] ?? "", { count: String(n) });
}

/** The message of a word that the engine chose, such as a reason; the word itself where it is a new one. */
export function named(language: Language, group: string, word: string): string {
  const messages: Record<string, unknown> = catalogues[language];
  const text = messages[`${group}.${word}`];
  return typeof text === "string" ? text : word;
}

function fill(language: Language, text: string, values: Record<string, string>): string {
  return text.replace(/\{([a-z]+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    // A Latin name inside Arabic keeps its own direction.
    return language === "ar" ? `\u2068${value}\u2069` : value;
  });
}
