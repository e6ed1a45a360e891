// The debrief's form: steps on a phone, keys, and autosave. Without this file each button posts
// the form, and the server keeps what was typed.

import { Draft } from "./debrief-draft.js";
import { choicesOf, idOf, plainNumber, readField, writeField } from "./debrief-fields.js";
import { forgetSending, postPlainly, send } from "./debrief-send.js";

const form = document.getElementById("debrief-form");
const status = document.getElementById("draft-status");
const notices = document.getElementById("debrief-notices");
const wide = matchMedia("(min-width: 62rem)");
const steps = [...form.querySelectorAll("[data-step]")];

// Where the template has no rules: every step, in its order.
const everyStep = {
  nextAfter: (number) => (number < steps.length ? number + 1 : 0),
  lastBefore: (number) => Math.max(1, number - 1),
  nearest: (number) => Math.min(Math.max(1, number), steps.length),
  follow: () => {},
};
let path = everyStep;

const isQuick = "quick" in form.dataset;
const OURS = new Set(["csrfmiddlewaretoken", "revision", "writer", "go", "submission_id"]);

const draft = new Draft({
  address: form.dataset.draft,
  user: form.dataset.user,
  token: form.elements.csrfmiddlewaretoken.value,
  writer: form.elements.writer.value,
  base: Number(form.elements.revision.value),
});

// --- Fields

function setField(name, value) {
  if (!form.elements[name]) return;
  writeField(form, name, value);
  if (value) document.getElementById(idOf(name))?.closest("details")?.setAttribute("open", "");
  if (name === "facts.outcome") showOutcome(value);
  path.follow();
}

function showOutcome(value) {
  if (value) form.dataset.ended = value === "won" ? "won" : "lost";
}

form.addEventListener("input", ({ target }) => {
  if (!target.name || OURS.has(target.name) || isChoice(target)) return;
  draft.set(target.name, target.value);
});

form.addEventListener("change", ({ target }) => {
  if ("number" in target.dataset) target.value = plainNumber(target.value);
  if (!isChoice(target)) return;
  draft.set(target.name, readField(form, target.name));
  if (target.name === "facts.outcome") showOutcome(target.value);
});

function isChoice(element) {
  return element.matches("[type=radio], [type=checkbox]");
}

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
  if (field instanceof RadioNodeList) return field[0].closest(".choice-cards, .factor-scores, .scale-scores") ?? holderOf(name);
  return holderOf(name).closest(".debrief-measure") ?? holderOf(name);
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
  path.follow();
  announce("One answer was changed in another tab: choose which version stands.");
}

function settle(name, box, value) {
  box.remove();
  draft.settle(name, value);
  path.follow();
  const field = form.elements[name];
  (field instanceof RadioNodeList ? choicesOf(form, name).find((each) => each.checked) ?? choicesOf(form, name)[0] : field)?.focus();
}

// A choice is shown by its words, a text as it is.
function wordsFor(name, value) {
  if (!value) return "(empty)";
  const field = form.elements[name];
  if (field instanceof HTMLSelectElement) return [...field.options].find((o) => o.value === value)?.textContent ?? value;
  if (!(field instanceof RadioNodeList)) return value;
  const chosen = choicesOf(form, name).filter((each) => value.split("\n").includes(each.value));
  return chosen.map((each) => each.getAttribute("aria-label") ?? each.closest("label").querySelector(".choice-label").textContent).join(", ") || value;
}

function announce(words) {
  status.textContent = words;
}

// --- Steps

function showStep(number, { push = true } = {}) {
  const step = steps[path.nearest(number) - 1];
  for (const each of steps) each.classList.toggle("is-current", each === step);
  markStep(step);
  if (push) history.pushState(null, "", `?section=${step.dataset.step}`);
  step.scrollIntoView();
  step.focus({ preventScroll: true });
}

// The list of sections says which one is being filled in.
function markStep(step) {
  for (const each of steps) {
    const link = form.querySelector(`[data-goto="${each.dataset.step}"]`);
    if (each === step) link?.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
  }
}

// All on one page, as the person chose or else as the width allows.
function isWhole() {
  return form.dataset.way === "page" || (form.dataset.way !== "steps" && wide.matches);
}

// Where the width decides, the switch says which of the two it is.
function markWay() {
  for (const button of form.querySelectorAll("[value^='way-']"))
    button.setAttribute("aria-pressed", String((button.value === "way-page") === isWhole()));
}
markWay();
wide.addEventListener("change", markWay);
if (!isWhole()) markStep(steps[currentStep() - 1]);

function currentStep() {
  return steps.findIndex((step) => step.classList.contains("is-current")) + 1;
}

addEventListener("popstate", () => {
  const number = Number(new URLSearchParams(location.search).get("section")) || 1;
  if (!isWhole() && !location.hash) showStep(number, { push: false });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  const target = link && document.getElementById(link.hash.slice(1));
  const step = target?.closest("[data-step]");
  if (!step || link.classList.contains("skip-link")) return;
  event.preventDefault();
  if (!isWhole()) showStep(Number(step.dataset.step));
  target.scrollIntoView();
  (target.matches("fieldset") ? target.querySelector("input") : target).focus({ preventScroll: true });
});

// A section by itself may be too short to reach the part of the window that is watched.
if ("IntersectionObserver" in window) {
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) markStep(target);
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const step of steps) seen.observe(step);
}

// --- Going on

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await goOn(event.submitter?.value ?? String(currentStep()));
});

async function goOn(goal) {
  path.follow();
  const [, direction, from] = /^(after|before)-(\d+)$/.exec(goal) ?? [];
  if (direction === "before") goal = String(path.lastBefore(Number(from)));
  if (direction === "after") goal = String(path.nextAfter(Number(from)) || "check");
  if (/^\d+$/.test(goal)) {
    showStep(Number(goal));
    draft.flush();
    return;
  }
  if (await draft.flush()) return leave(goal);
  const first = form.querySelector(".debrief-conflict, [aria-invalid=true]");
  if (!first) return;
  const step = first.closest("[data-step]");
  if (step && !isWhole()) showStep(Number(step.dataset.step));
  first.scrollIntoView({ block: "center" });
  first.querySelector("button")?.focus({ preventScroll: true });
}

// Everything stands on the server: on to the page that was asked for.
function leave(goal) {
  form.elements.revision.value = draft.base;
  form.elements.writer.value = draft.writer;
  if (goal === "submit") send(form, status, goal);
  else if (goal in form.dataset) location.assign(form.dataset[goal]);
  else postPlainly(form, goal);
}

// --- Keys

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    if (isQuick) goOn("submit");
    else goOn(isWhole() ? "check" : `after-${currentStep()}`);
    return;
  }
  const { target } = event;
  if (event.key === "Enter" && target.matches("#debrief-form input:not([type=radio], [type=checkbox])")) {
    event.preventDefault();
    return;
  }
  const isTyping = target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") document.getElementById("debrief-keys").showModal();
  else if (/^[0-9]$/.test(event.key)) choose(target.closest("[data-keys]"), Number(event.key));
});

// On a page of few questions the first that has no answer takes the keys at once.
function firstToAnswer() {
  const groups = [...form.querySelectorAll("[data-keys]")].filter((group) => group.checkVisibility());
  return groups.find((group) => !group.querySelector(":checked"))?.querySelector("input");
}

function choose(group, number) {
  if (!group) return;
  const choices = [...group.querySelectorAll("input[type=radio], input[type=checkbox]")];
  const chosen = number === 0 ? choices.find((choice) => choice.checked) : choices[number - 1];
  if (!chosen) return;
  if (number === 0) for (const choice of choices) choice.checked = false;
  else chosen.checked = chosen.type === "radio" || !chosen.checked;
  chosen.focus();
  draft.set(chosen.name, readField(form, chosen.name));
  if (chosen.name === "facts.outcome" && number !== 0) showOutcome(chosen.value);
  path.follow();
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

forgetSending(form, status);

// Only a template with rules needs the code that follows them.
if (document.getElementById("debrief-branching")) {
  const { PathOfForm } = await import("./debrief-path.js");
  path = new PathOfForm(form, steps);
}
await draft.open(form.dataset.key, form.dataset.closing);
form.dataset.ready = "true";
if (isQuick) firstToAnswer()?.focus();
