// The trial of a draft: questions come and go as answers change, as in the real form. Nothing is saved.

import { PathOfForm } from "./debrief-path.js";

const form = document.getElementById("debrief-form");
new PathOfForm(form, [...form.querySelectorAll("[data-step]")]);

form.addEventListener("input", ({ target }) => {
  if (target.name === "facts.outcome") form.dataset.ended = target.value === "won" ? "won" : "lost";
});
