// Many files: each is sent by itself, so that one that fails costs no other,
// and the page tells how far it is. Without script the form sends all at once.

const tries = 3;

// watchUploads takes over the forms that say so.
export function watchUploads() {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.dataset.uploads) return;
      const field = form.querySelector("input[type=file]");
      if (!field || field.files.length === 0 || form.dataset.sending) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      form.dataset.sending = "true";
      send(form, field);
    },
    true,
  );
}

async function send(form, field) {
  const files = [...field.files];
  const button = form.querySelector("button");
  const bar = document.createElement("progress");
  const said = document.createElement("p");
  const failed = [];
  bar.className = "f-uploads";
  bar.max = files.length;
  said.setAttribute("role", "status");
  form.append(said, bar);
  if (button) button.setAttribute("aria-disabled", "true");
  const leave = (event) => event.preventDefault();
  window.addEventListener("beforeunload", leave);
  for (const [n, file] of files.entries()) {
    const text = form.dataset.uploads.replace("{done}", n).replace("{all}", files.length);
    said.textContent = text;
    bar.setAttribute("aria-label", text);
    bar.value = n;
    if (!(await one(form, field.name, file))) failed.push(file.name);
  }
  window.removeEventListener("beforeunload", leave);
  bar.value = files.length;
  if (failed.length === 0) {
    location.assign(form.dataset.done);
    return;
  }
  bar.remove();
  said.textContent = form.dataset.failed.replace("{names}", failed.join(", "));
  if (button) button.removeAttribute("aria-disabled");
  delete form.dataset.sending;
  field.value = "";
}

// one sends a file, again when the line was bad. The answer of success is a
// redirect, which is not followed.
async function one(form, name, file) {
  for (let n = 0; n < tries; n++) {
    const body = new FormData();
    for (const hidden of form.querySelectorAll("input[type=hidden]")) body.append(hidden.name, hidden.value);
    body.append(name, file);
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
      if (answer.type === "opaqueredirect") return true;
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return false;
    } catch {
      // the line was bad
    }
    await new Promise((go) => setTimeout(go, 1000 * (n + 1)));
  }
  return false;
}
