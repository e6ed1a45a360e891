// One click submits once, and goes on submitting while the server does not answer.

import { forgetSending, send } from "./debrief-send.js";

const form = document.querySelector("[data-submit-once]");
const status = document.getElementById("submit-status");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send(form, status);
});
forgetSending(form, status);
