import { mount } from "svelte";
import "./style.css";
import App from "./App.svelte";
import { start } from "./lib/state.svelte";

const target = document.getElementById("app");
if (target) {
  // The first picture shows the real state: it is asked for before anything is drawn.
  await start();
  mount(App, { target });
}
