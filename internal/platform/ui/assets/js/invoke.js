// Opening and closing: native where the browser can, by hand where it cannot.

// invoke makes popovertarget and command/commandfor work in browsers that lack
// them, and lets a link open the dialog that its address would show as a page.
export function invoke() {
  const commands = "commandForElement" in HTMLButtonElement.prototype;
  const popovers = "popover" in HTMLElement.prototype;
  if (!popovers) document.documentElement.classList.add("no-popover");

  document.addEventListener("click", (event) => {
    const from = event.target instanceof Element ? event.target : null;
    if (!from || event.defaultPrevented) return;

    const link = from.closest("a[data-dialog]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      const dialog = document.getElementById(link.dataset.dialog);
      if (dialog?.showModal) {
        event.preventDefault();
        link.closest("[popover]")?.hidePopover?.();
        dialog.showModal();
      }
      return;
    }

    const button = from.closest("button[commandfor]");
    if (button && !commands) {
      const dialog = document.getElementById(button.getAttribute("commandfor"));
      if (button.getAttribute("command") === "show-modal") dialog?.showModal?.();
      if (button.getAttribute("command") === "close") dialog?.close?.();
      return;
    }

    const opener = from.closest("button[popovertarget]");
    if (!popovers) {
      const target = opener && document.getElementById(opener.getAttribute("popovertarget"));
      for (const menu of document.querySelectorAll("[popover].is-open")) {
        if (menu !== target && !menu.contains(from)) menu.classList.remove("is-open");
      }
      target?.classList.toggle("is-open");
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || popovers) return;
    for (const menu of document.querySelectorAll("[popover].is-open")) menu.classList.remove("is-open");
  });
}
