// One click submits once; the server would give the same receipt to a second one.

const form = document.querySelector("[data-submit-once]");

form.addEventListener("submit", (event) => {
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  document.getElementById("submit-status").textContent = "Submitting…";
});

// Coming back by the back button, the form can be sent again and gives the same receipt.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  delete form.dataset.sent;
  document.getElementById("submit-status").textContent = "";
});
