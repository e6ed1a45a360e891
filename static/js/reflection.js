// Small behaviours that every page may use. Each page works without them.

// htmx requests from outside a form carry the CSRF token of the page.
document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token && request.method !== "GET") request.headers["X-CSRFToken"] = token.value;
});

// A form that came back with errors starts at their summary, on a new page and in a swapped fragment alike.
function focusErrorSummary(root) {
  root.querySelector("[data-error-summary]")?.focus();
}

// Text areas grow with what is typed where the browser can't do it by itself (field-sizing).
function growTextAreas(root) {
  if (CSS.supports("field-sizing", "content")) return;
  for (const area of root.querySelectorAll("textarea")) grow(area);
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

if (!CSS.supports("field-sizing", "content")) {
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLTextAreaElement) grow(event.target);
  });
}

// A chart with many marks is one stop for the Tab key; the arrow keys move between its marks.
const ROVING_FROM = 60;

function marksOf(chart) {
  return [...chart.querySelectorAll("a[href]")];
}

function roveCharts(root) {
  for (const chart of root.querySelectorAll("svg.chart")) {
    const marks = marksOf(chart);
    if (marks.length <= ROVING_FROM) continue;
    marks.forEach((mark, index) => mark.setAttribute("tabindex", index === 0 ? "0" : "-1"));
    chart.addEventListener("keydown", moveMark);
  }
}

function moveMark(event) {
  const marks = marksOf(event.currentTarget);
  const here = marks.indexOf(event.target.closest("a"));
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const goal = { Home: 0, End: marks.length - 1 }[event.key] ?? (step ? here + step : -1);
  if (here < 0 || goal < 0 || goal >= marks.length) return;
  event.preventDefault();
  marks[here].setAttribute("tabindex", "-1");
  marks[goal].setAttribute("tabindex", "0");
  marks[goal].focus();
}

// A menu closes on Escape, giving the focus back, and on a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Buttons by data attribute: copy a field, open or close a dialog, print.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-open-dialog], [data-close-dialog], [data-print]");
  if (!button) return;
  if (button.dataset.copy) await copyField(document.getElementById(button.dataset.copy));
  if (button.dataset.openDialog) openDialog(event, button.dataset.openDialog);
  if ("closeDialog" in button.dataset) button.closest("dialog")?.close();
  if ("print" in button.dataset) window.print();
});

function openDialog(event, id) {
  event.preventDefault();
  document.getElementById(id)?.showModal();
}

async function copyField(field) {
  field.select();
  await navigator.clipboard.writeText(field.value);
  toast("Copied");
}

// A short notice at the edge of the page, read out politely; it leaves after some seconds.
function toast(text) {
  const note = document.createElement("div");
  note.className = "toast-note";
  note.textContent = text;
  document.getElementById("toasts")?.append(note);
  setTimeout(() => note.remove(), 6000);
}

// The choices of a filter are fetched when it is opened, for what the panel says by then.
document.addEventListener(
  "toggle",
  (event) => {
    const group = event.target;
    if (!group.open || !group.dataset.choices || !group.querySelector("button")) return;
    const form = group.closest("form");
    const asked = new URLSearchParams(new FormData(form));
    asked.set("choices", group.dataset.choices);
    htmx.ajax("GET", `${form.dataset.choicesAt}?${asked}`, { target: group.querySelector("div"), swap: "innerHTML" });
  },
  true,
);

// The figures of a page after its first ones are fetched before the reader comes to their place.
const nearing = new IntersectionObserver(
  (entries) => {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      nearing.unobserve(target);
      htmx.ajax("GET", target.dataset.otherFigures, { target, swap: "outerHTML" });
    }
  },
  { rootMargin: "400px" },
);

function fetchOtherFigures(root) {
  for (const place of root.querySelectorAll("[data-other-figures]")) nearing.observe(place);
}

// Buttons that only scripts can serve are hidden until here.
function revealScripted(root) {
  for (const element of root.querySelectorAll("[data-scripted][hidden]")) element.hidden = false;
}

function enhance(root) {
  revealScripted(root);
  growTextAreas(root);
  roveCharts(root);
  fetchOtherFigures(root);
  focusErrorSummary(root);
}

document.addEventListener("htmx:after:swap", (event) => {
  if (event.target instanceof Element) enhance(event.target);
});
enhance(document);
