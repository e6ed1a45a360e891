// The debrief's form: steps on a phone, keys, and autosave. Without this file each button posts
// the form, and the server keeps what was typed.

import { Draft } from "./debrief-draft.js";

const form = document.getElementById("debrief-form");
const status = document.getElementById("draft-status");
const notices = document.getElementById("debrief-notices");
const wide = matchMedia("(min-width: 62rem)");
const steps = [...form.querySelectorAll("[data-step]")];
const OURS = new Set(["csrfmiddlewaretoken", "revision", "writer", "go"]);

const draft = new Draft({
  address: form.dataset.draft,
  user: form.dataset.user,
  token: form.elements.csrfmiddlewaretoken.value,
  writer: form.elements.writer.value,
  base: Number(form.elements.revision.value),
});

// --- Fields

function idOf(name) {
  return name.replaceAll(".", "-");
}

function setField(name, value) {
  const field = form.elements[name];
  if (!field) return;
  if (field instanceof RadioNodeList) {
    for (const radio of field) radio.checked = radio.value === value;
  } else {
    field.value = value;
  }
  if (value) document.getElementById(idOf(name))?.closest("details")?.setAttribute("open", "");
  if (name === "facts.outcome") showOutcome(value);
}

function showOutcome(value) {
  if (value) form.dataset.ended = value === "won" ? "won" : "lost";
}

form.addEventListener("input", (event) => {
  const { name, value, type } = event.target;
  if (!name || OURS.has(name) || type === "radio") return;
  draft.set(name, value);
});

form.addEventListener("change", (event) => {
  const { name, value, type } = event.target;
  if (type !== "radio") return;
  draft.set(name, value);
  if (name === "facts.outcome") showOutcome(value);
});

// --- What the draft tells

draft.addEventListener("status", ({ detail }) => {
  if (status.textContent !== detail) status.textContent = detail;
});
draft.addEventListener("field", ({ detail }) => setField(detail.name, detail.value));
draft.addEventListener("token", ({ detail }) => {
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = detail;
});
draft.addEventListener("resumed", () => notices.replaceChildren());
draft.addEventListener("refused", ({ detail }) => {
  for (const [name, message] of Object.entries(detail)) showError(name, message);
});
draft.addEventListener("conflict", ({ detail }) => showConflict(detail));
draft.addEventListener("stopped", ({ detail }) => {
  const note = document.getElementById(`${detail.reason}-template`).content.cloneNode(true);
  const goal = note.querySelector("[data-goal]");
  if (goal && detail.detail) goal.href = detail.detail;
  if (detail.reason === "other-user") form.replaceWith(note);
  else notices.replaceChildren(note);
});

function holderOf(name) {
  const field = form.elements[name];
  const element = field instanceof RadioNodeList ? field[0].closest("fieldset") : field;
  return element ?? notices;
}

// Where a notice about a field goes: beside what it is about.
function placeFor(name) {
  const field = form.elements[name];
  if (field instanceof RadioNodeList) return field[0].closest(".choice-cards, .factor-scores") ?? holderOf(name);
  return holderOf(name);
}

function showError(name, message) {
  const id = `${idOf(name)}-error`;
  document.getElementById(id)?.remove();
  const text = document.createElement("p");
  text.className = "invalid-feedback d-block";
  text.id = id;
  text.textContent = message;
  const holder = holderOf(name);
  holder.setAttribute("aria-invalid", "true");
  placeFor(name).after(text);
}

function showConflict({ name, mine, theirs }) {
  const id = `${idOf(name)}-conflict`;
  document.getElementById(id)?.remove();
  const note = document.getElementById("conflict-template").content.cloneNode(true);
  const box = note.querySelector(".debrief-conflict");
  box.id = id;
  box.setAttribute("aria-label", "Two versions of one answer");
  box.querySelector("[data-mine]").textContent = wordsFor(name, mine);
  box.querySelector("[data-theirs]").textContent = wordsFor(name, theirs);
  box.querySelector("[data-keep-mine]").addEventListener("click", () => settle(name, box, draft.dirty.get(name)));
  box.querySelector("[data-take-theirs]").addEventListener("click", () => {
    setField(name, theirs);
    settle(name, box, undefined);
  });
  placeFor(name).after(note);
  announce("One answer was changed in another tab: choose which version stands.");
}

function settle(name, box, value) {
  box.remove();
  draft.settle(name, value);
  const field = form.elements[name];
  (field instanceof RadioNodeList ? [...field].find((radio) => radio.checked) ?? field[0] : field)?.focus();
}

// A choice is shown by its words, a text as it is.
function wordsFor(name, value) {
  if (!value) return "(empty)";
  const field = form.elements[name];
  if (field instanceof HTMLSelectElement) return [...field.options].find((o) => o.value === value)?.textContent ?? value;
  if (!(field instanceof RadioNodeList)) return value;
  const radio = [...field].find((each) => each.value === value);
  return radio?.getAttribute("aria-label") ?? radio?.closest("label")?.querySelector(".choice-label")?.textContent ?? value;
}

function announce(words) {
  status.textContent = words;
}

// --- Steps

function showStep(number, { push = true } = {}) {
  const step = steps[number - 1];
  if (!step) return;
  for (const each of steps) each.classList.toggle("is-current", each === step);
  if (push) history.pushState(null, "", `?section=${number}`);
  step.scrollIntoView();
  step.focus({ preventScroll: true });
}

function currentStep() {
  return steps.findIndex((step) => step.classList.contains("is-current")) + 1;
}

addEventListener("popstate", () => {
  const number = Number(new URLSearchParams(location.search).get("section")) || 1;
  if (!wide.matches && !location.hash) showStep(number, { push: false });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  const target = link && document.getElementById(link.hash.slice(1));
  const step = target?.closest("[data-step]");
  if (!step || link.classList.contains("skip-link")) return;
  event.preventDefault();
  if (!wide.matches) showStep(Number(step.dataset.step));
  target.scrollIntoView();
  (target.matches("fieldset") ? target.querySelector("input") : target).focus({ preventScroll: true });
});

if ("IntersectionObserver" in window) {
  const links = new Map(steps.map((step) => [step, form.querySelector(`[data-goto="${step.dataset.step}"]`)]));
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      for (const [step, link] of links) {
        if (step === target) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const step of steps) seen.observe(step);
}

// --- Going on

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await goOn(event.submitter?.value ?? String(currentStep()));
});

async function goOn(goal) {
  if (/^\d+$/.test(goal)) {
    showStep(Number(goal));
    draft.flush();
    return;
  }
  if (await draft.flush()) {
    if (goal === "check") location.assign(form.dataset.check);
    else location.assign(form.dataset.later);
    return;
  }
  const first = form.querySelector(".debrief-conflict, [aria-invalid=true]");
  if (!first) return;
  const step = first.closest("[data-step]");
  if (step && !wide.matches) showStep(Number(step.dataset.step));
  first.scrollIntoView({ block: "center" });
  first.querySelector("button")?.focus({ preventScroll: true });
}

// --- Keys

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    const here = currentStep();
    goOn(wide.matches || here === steps.length ? "check" : String(here + 1));
    return;
  }
  const { target } = event;
  if (event.key === "Enter" && target.matches("#debrief-form input:not([type=radio])")) {
    event.preventDefault();
    return;
  }
  const isTyping = target.matches("textarea, select, input:not([type=radio])");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") document.getElementById("debrief-keys").showModal();
  else if (/^[0-9]$/.test(event.key)) choose(target.closest("[data-keys]"), Number(event.key));
});

function choose(group, number) {
  if (!group) return;
  const radios = [...group.querySelectorAll("input[type=radio]")];
  const chosen = number === 0 ? radios.find((radio) => radio.checked) : radios[number - 1];
  if (!chosen) return;
  chosen.checked = number !== 0;
  chosen.focus();
  draft.set(chosen.name, number === 0 ? "" : chosen.value);
  if (chosen.name === "facts.outcome" && number !== 0) showOutcome(chosen.value);
}

// --- Coming and going

addEventListener("focus", () => draft.look());
addEventListener("online", () => draft.look());
addEventListener("pageshow", (event) => { if (event.persisted) draft.look(); });
addEventListener("pagehide", () => { draft.keepCopy(); draft.flush(); });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") draft.look();
  else { draft.keepCopy(); draft.flush(); }
});

await draft.open(form.dataset.key, form.dataset.closing);
form.dataset.ready = "true";
