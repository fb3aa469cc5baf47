// Small helpers inside a page. Their controls carry data-needs-script and stay
// hidden until this file has found them.

// enhance wires what is inside root.
export function enhance(root) {
  for (const part of root.querySelectorAll("[data-needs-script]")) part.classList.add("is-on");
  for (const box of root.querySelectorAll("input[data-shows]")) {
    box.addEventListener("change", () => {
      const field = document.getElementById(box.dataset.shows);
      if (field) field.type = box.checked ? "text" : "password";
    });
  }
  for (const button of root.querySelectorAll("button[data-copies]")) {
    button.addEventListener("click", () => copy(button));
  }
  for (const button of root.querySelectorAll("button[data-prints]")) {
    button.addEventListener("click", () => window.print());
  }
  for (const picker of root.querySelectorAll("input[type=color][data-fills]")) {
    const field = document.getElementById(picker.dataset.fills);
    picker.addEventListener("input", () => {
      if (field) field.value = picker.value;
    });
    field?.addEventListener("input", () => {
      if (/^#[0-9a-f]{6}$/i.test(field.value.trim())) picker.value = field.value.trim();
    });
  }
  // A password that was shown is sent as a password, so that managers store it.
  for (const form of root.querySelectorAll("form:has(input[data-shows])")) {
    form.addEventListener("submit", () => {
      for (const box of form.querySelectorAll("input[data-shows]")) {
        const field = document.getElementById(box.dataset.shows);
        if (field) field.type = "password";
      }
    });
  }
}

async function copy(button) {
  const field = document.getElementById(button.dataset.copies);
  const said = document.getElementById(button.dataset.says);
  if (!field) return;
  try {
    await navigator.clipboard.writeText(field.value);
    if (said) said.textContent = button.dataset.done;
  } catch {
    field.select();
  }
}
