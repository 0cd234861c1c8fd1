"use strict";
const form = document.getElementById("form");
const token = document.getElementById("token");
const said = document.getElementById("said");

async function ask(path, method) {
  said.textContent = "…";
  try {
    const headers = { authorization: "Bearer " + token.value.trim() };
    const answer = await fetch(path, { method, headers });
    return [answer.ok, await answer.json()];
  } catch {
    return [false, { error: "The till does not answer." }];
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [ok, answer] = await ask("status", "GET");
  if (!ok) {
    said.textContent = answer.error;
  } else if (!answer.printer) {
    said.textContent = "No printer is set up for receipts from Odoo.";
  } else {
    const { name, state, message, waiting } = answer.printer;
    said.textContent = [`${name}: ${state}`, message, `${waiting} waiting`].filter(Boolean).join("\n");
  }
});

document.getElementById("test").addEventListener("click", async () => {
  const [ok, answer] = await ask("print/test", "POST");
  said.textContent = ok ? "The printer has the test page." : answer.error;
});
