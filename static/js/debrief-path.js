// The rules of the template in the page: questions and steps come and go as answers change, the
// focus stays where it is, and what was typed is kept.

import { pathOf } from "./debrief-branching.js";
import { readField } from "./debrief-fields.js";

const AFTER_TYPING = 400;

export class PathOfForm {
  #form;
  #steps;
  #template = null;
  #status = document.getElementById("debrief-path-status");
  #shown = null;
  #timer;

  constructor(form, steps) {
    this.#form = form;
    this.#steps = steps;
    const rules = document.getElementById("debrief-branching");
    if (!rules) return;
    this.#template = JSON.parse(rules.textContent);
    this.follow();
    form.addEventListener("input", ({ target }) => this.#plan(target.matches("[type=radio], [type=checkbox], select") ? 0 : AFTER_TYPING));
    form.addEventListener("focusout", () => this.#plan(0));
  }

  nextAfter(number) {
    return this.#numbers().find((each) => each > number) ?? 0;
  }

  lastBefore(number) {
    return this.#numbers().findLast((each) => each < number) ?? 1;
  }

  // The step itself, or the one before it when it is left out.
  nearest(number) {
    return this.lastBefore(number + 1);
  }

  // Show what the answers ask for now.
  follow() {
    clearTimeout(this.#timer);
    if (!this.#template) return;
    const path = this.#path();
    const came = [], went = [];
    for (const part of this.#parts()) {
      const isAsked = part.matches("[data-step]") ? this.#asksIn(part, path) : path.questions.has(part.dataset.question);
      // Two versions wait for a decision, wherever they stand.
      const isShown = isAsked || part.querySelector(".debrief-conflict") !== null;
      // What holds the focus goes once the focus has left it.
      if (part.hidden !== isShown || (!isShown && part.contains(document.activeElement))) continue;
      part.hidden = !isShown;
      (isShown ? came : went).push(wordsOf(part));
    }
    for (const mark of this.#form.querySelectorAll("[data-required]")) mark.hidden = !path.required.has(mark.dataset.required);
    this.#showProgress(path);
    if (this.#shown && (came.length || went.length)) this.#say(came, went);
    this.#shown = path;
  }

  #plan(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.follow(), delay);
  }

  #path() {
    const fields = this.#template.sections.flatMap((section) => section.questions.map((question) => question.field));
    const values = Object.fromEntries(fields.map((field) => [field, readField(this.#form, field)]));
    return pathOf(this.#template, values, readField(this.#form, "facts.outcome") || this.#form.dataset.outcome);
  }

  #parts() {
    return this.#form.querySelectorAll("[data-question], [data-step]");
  }

  #sectionsOf(step) {
    return this.#template.sections.filter((section) => section.step === Number(step.dataset.step));
  }

  #asksIn(step, path) {
    const sections = this.#sectionsOf(step);
    return sections.length === 0 || sections.some(
      ({ key, factorSeconds, questions }) => path.sections.has(key) && (factorSeconds > 0 || questions.some((question) => path.questions.has(question.key))),
    );
  }

  #numbers() {
    return this.#steps.filter((step) => !step.hidden).map((step) => Number(step.dataset.step));
  }

  // The place of each step among those shown, and the minutes from it to the end.
  #showProgress(path) {
    const numbers = this.#numbers();
    const seconds = this.#steps.map((step) => this.#secondsOn(step, path));
    const whole = seconds.reduce((sum, each) => sum + each, 0);
    const perSecond = (Number(this.#form.dataset.median) || whole) / whole / 60;
    for (const [index, step] of this.#steps.entries()) {
      const number = Number(step.dataset.step);
      const left = seconds.slice(index).reduce((sum, each) => sum + each, 0);
      const minutes = Math.max(1, Math.ceil(left * perSecond));
      if (index === 0) document.getElementById("debrief-minutes").textContent = minutes;
      this.#form.querySelector(`[data-goto="${number}"]`).closest("li").hidden = step.hidden;
      if (step.hidden) continue;
      step.querySelector("[data-place]").textContent = numbers.indexOf(number) + 1;
      step.querySelector("[data-places]").textContent = numbers.length;
      step.querySelector("[data-minutes]").textContent = minutes;
      for (const button of step.querySelectorAll("[data-when-last]")) {
        button.hidden = (number === numbers.at(-1)) !== (button.dataset.whenLast === "show");
      }
    }
  }

  #secondsOn(step, path) {
    const sections = this.#sectionsOf(step);
    if (sections.length === 0) return this.#template.ownSeconds[step.dataset.step];
    const asked = sections.filter(({ key }) => path.sections.has(key));
    return asked.reduce((sum, { factorSeconds, questions }) => {
      const shown = questions.filter(({ key }) => path.questions.has(key));
      return shown.reduce((own, question) => own + question.seconds, sum + factorSeconds);
    }, 0);
  }

  #say(came, went) {
    const words = [];
    if (came.length) words.push(`Now asked: ${sentence(came)}`);
    if (went.length) words.push(`No longer asked: ${sentence(went)} What you typed there is kept until you submit.`);
    this.#status.textContent = words.join(" ");
  }
}

function wordsOf(part) {
  const heading = part.querySelector(part.matches("[data-step]") ? "h2" : "legend, label");
  return heading.firstChild.textContent.trim();
}

function sentence(parts) {
  const text = parts.join("; ");
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
