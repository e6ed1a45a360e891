// "Use this" on a proposed reason chooses its card, as a click on the card would.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-use-reason]");
  if (!button) return;
  const cards = document.querySelectorAll('#debrief-form input[name="reasons.1.reason"]');
  const card = [...cards].find((radio) => radio.value === button.dataset.useReason);
  if (!card) return;
  card.checked = true;
  card.dispatchEvent(new Event("change", { bubbles: true }));
  card.focus();
});
