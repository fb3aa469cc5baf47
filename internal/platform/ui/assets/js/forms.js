// Sending: say so after a moment, send once, forget everything at sign-out.

const patience = 300; // milliseconds in which nothing is shown

// watchForms listens to every form of the page, also to those that come later.
export function watchForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented && !form.matches("[hx-get],[hx-post]")) return;
    if (form.method === "dialog" || form.matches("[data-quiet]")) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    if (form.matches("[data-sign-out]")) forget();
    if (form.method !== "post") return;
    form.dataset.sending = "true";
    const button = event.submitter ?? form.querySelector("button[type=submit], button:not([type])");
    form._busy = setTimeout(() => busy(button), patience);
    if (form.dataset.after) {
      event.preventDefault();
      save(form).catch(() => form.submit());
      return;
    }
    // An answer that is a file leaves the page as it is.
    setTimeout(() => ready(form), 15000);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target instanceof Element && event.target.closest("form");
    if (form) ready(form);
  });
  // Back from the next page: the form is as it was.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) ready(form);
  });
}

// save keeps the file that a form is answered with and then goes on to the page
// that the form names. Any other answer is shown as without script: the form is
// sent again in the ordinary way.
async function save(form) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  const name = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
  if (!answer.ok || !name) {
    form.submit();
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = decodeURIComponent(name[1]);
  link.click();
  // The browser takes the file out of this page: leave it a moment later.
  setTimeout(() => {
    ready(form);
    location.assign(form.dataset.after);
  }, 500);
}

function busy(button) {
  if (!button || button.getAttribute("aria-busy") === "true") return;
  const spinner = document.getElementById("f-spinner")?.content.firstElementChild?.cloneNode(true);
  button._was = [...button.childNodes];
  button.setAttribute("aria-busy", "true");
  button.replaceChildren(...(spinner ? [spinner] : []), button.dataset.busy ?? button.textContent);
}

function ready(form) {
  clearTimeout(form._busy);
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-busy=true]")) {
    button.removeAttribute("aria-busy");
    if (button._was) button.replaceChildren(...button._was);
    delete button._was;
  }
}

// forget does what the header Clear-Site-Data asks for, in browsers that do not
// know it.
function forget() {
  try {
    sessionStorage.clear();
    localStorage.clear();
    window.caches?.keys().then((names) => names.forEach((name) => window.caches.delete(name)));
  } catch {
    // Storage is switched off: there is nothing to forget.
  }
}
