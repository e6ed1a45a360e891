// Sends a debrief until the server answers. It carries the client's id, so that however often it
// arrives, it is one debrief with one receipt.

const RETRY_AFTER = 3000;
const NO_SERVER = new Set([502, 503, 504]);

export async function send(form, status, goal = "") {
  if (form.dataset.sending) return;
  form.dataset.sending = "true";
  const body = new URLSearchParams(new FormData(form));
  if (goal) body.set("go", goal);
  status.textContent = "Submitting…";
  for (;;) {
    const reply = await post(form.action, body);
    if (reply && !NO_SERVER.has(reply.status)) return follow(reply, form, goal);
    status.textContent = "The server does not answer. Your answers are kept, and are sent again by themselves.";
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER));
  }
}

async function post(address, body) {
  try {
    return await fetch(address, { method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } });
  } catch {
    return null;
  }
}

// Anything but "submitted, go on there" is a page of the server's, which the browser shows itself.
async function follow(reply, form, goal) {
  if (reply.ok) return location.assign((await reply.json()).goal);
  postPlainly(form, goal);
}

export function postPlainly(form, goal) {
  if (goal) {
    const choice = document.createElement("input");
    Object.assign(choice, { type: "hidden", name: "go", value: goal });
    form.append(choice);
  }
  HTMLFormElement.prototype.submit.call(form);
}

// Coming back by the back button, the form can be sent again and gives the same receipt.
export function forgetSending(form, status) {
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    delete form.dataset.sending;
    form.querySelector("input[name=go]")?.remove();
    status.textContent = "";
  });
}
