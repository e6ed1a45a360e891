// Which questions a person sees: the rules of a template, applied to what was answered so far.
// The server does the same in debriefs/branching.py; both agree on every template.

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const NUMBER = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/;
// What Python strips: a browser's own trim() differs in a few characters.
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const ENDS = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");

// `template` is `branching_of` of debriefs/forms.py; `values` are those of a draft by field.
export function pathOf(template, values, outcome) {
  const walk = new Walk(template, outcome);
  template.sections.forEach((section, place) => {
    if (!walk.enters(place)) return;
    walk.sections.add(section.key);
    for (const question of section.questions) {
      if (walk.shows(question.key)) walk.meet(question, (values[question.field] ?? "").replace(ENDS, ""));
    }
  });
  return { sections: walk.sections, questions: walk.questions, required: walk.required };
}

class Walk {
  sections = new Set();
  questions = new Set();
  required = new Set();
  #template;
  #answers;
  #isPrivate = false;
  #privateKeys = new Set();
  #places = new Map();
  #placeOfQuestion = new Map();

  constructor(template, outcome) {
    this.#template = template;
    this.#answers = new Map([["outcome", outcome]]);
    template.sections.forEach((section, place) => {
      this.#places.set(section.key, place);
      for (const { key } of section.questions) {
        this.#placeOfQuestion.set(key, place);
        if (section.isPrivate) this.#privateKeys.add(key);
      }
    });
  }

  enters(place) {
    const section = this.#template.sections[place];
    this.#isPrivate = section.isPrivate;
    return this.shows(section.key) && !this.#rules("jump").some((rule) => this.#jumpsOver(rule, place) && this.#holds(rule));
  }

  shows(key) {
    if (this.#rules("hide", key).some((rule) => this.#holds(rule))) return false;
    const shownBy = this.#rules("show", key);
    return shownBy.length === 0 || shownBy.some((rule) => this.#holds(rule));
  }

  meet({ key, isRequired }, answer) {
    this.questions.add(key);
    this.#answers.set(key, answer);
    if (isRequired || this.#rules("require", key).some((rule) => this.#holds(rule))) this.required.add(key);
  }

  #rules(effect, target) {
    return this.#template.rules.filter((rule) => rule.effect === effect && (target === undefined || rule.target === target));
  }

  #jumpsOver(rule, place) {
    const origin = Math.max(-1, ...rule.conditions.map(({ on }) => this.#placeOfQuestion.get(on) ?? -1));
    return origin < place && place < (this.#places.get(rule.target) ?? -1);
  }

  #holds(rule) {
    const met = (condition) => holds(condition, this.#answer(condition.on));
    return rule.match === "any" ? rule.conditions.some(met) : rule.conditions.every(met);
  }

  #answer(key) {
    return this.#privateKeys.has(key) && !this.#isPrivate ? "" : this.#answers.get(key) ?? "";
  }
}

function holds({ comparison, values = [] }, answer) {
  if (comparison === "unanswered") return answer === "";
  if (answer === "" || comparison === "answered") return answer !== "";
  if (comparison === "one_of" || comparison === "none_of") {
    const isMet = answer.split("\n").some((line) => values.includes(line));
    return isMet === (comparison === "one_of");
  }
  const given = measure(answer);
  return values.map(measure).every((bound) => {
    if (!given || !bound || given.kind !== bound.kind) return false;
    return comparison === "at_least" ? given.size >= bound.size : given.size <= bound.size;
  });
}

// What kind of quantity a text is, and how much: days by the calendar, numbers in millionths.
function measure(text) {
  const day = DAY.exec(text);
  if (day) return isDay(...day.slice(1).map(Number)) ? { kind: "day", size: BigInt(day.slice(1).join("")) } : null;
  const number = NUMBER.exec(text);
  if (!number) return null;
  const millionths = BigInt(number[2] + (number[3] ?? "").padEnd(6, "0"));
  return { kind: "number", size: number[1] ? -millionths : millionths };
}

function isDay(year, month, day) {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return year > 0 && day > 0 && day <= (days ?? 0);
}
