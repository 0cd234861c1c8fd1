import { mount } from "svelte";
import "./style.css";
import App from "./App.svelte";
import { start } from "./lib/state.svelte";
import { ownLanguage, shows } from "./lib/words";

const target = document.getElementById("app");
if (target) {
  shows(ownLanguage());
  // The first picture shows the real state: it is asked for before anything is drawn.
  await start();
  mount(App, { target });
}
