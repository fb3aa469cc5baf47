// Where the news is, there the focus goes: complaints first, then an answer,
// then a new heading. Whoever is typing is left alone.

const places = ["[role=alert]", "[data-focus]", "[role=status]", "h1", "h2"];

// focusNews moves the focus into the first place among nodes, or, without
// nodes, to the complaints of a page that was just loaded.
export function focusNews(nodes) {
  if (nodes.length === 0) {
    document.querySelector(".ds-error-summary")?.focus();
    return;
  }
  const active = document.activeElement;
  const typing = active && active !== document.body && active.matches("input, textarea, select");
  for (const place of typing ? places.slice(0, 1) : places) {
    for (const node of nodes) {
      if (!(node instanceof Element)) continue;
      const found = node.matches(place) ? node : node.querySelector(place);
      if (!found) continue;
      if (!found.hasAttribute("tabindex")) found.setAttribute("tabindex", "-1");
      found.focus();
      return;
    }
  }
}

// say puts the note of a template above the content, once.
export function say(id) {
  const note = document.getElementById(id)?.content.firstElementChild;
  const main = document.querySelector("main");
  if (!note || !main || main.querySelector(`[data-said=${id}]`)) return;
  const copy = note.cloneNode(true);
  copy.setAttribute("data-said", id);
  main.prepend(copy);
}
