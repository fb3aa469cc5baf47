// Progressive enhancement only. Every page works without this file; here a page
// load is saved, a password is shown, the focus goes where the news is.
import htmx from "./vendor/htmx.esm.min.js";
import { invoke } from "./js/invoke.js";
import { watchForms } from "./js/forms.js";
import { watchUploads } from "./js/uploads.js";
import { enhance } from "./js/enhance.js";
import { focusNews, say } from "./js/focus.js";

// The page forbids eval and demands Trusted Types. htmx parses our own answers
// through this policy; scripts in an answer are dropped, code in attributes is
// never run.
const policy = window.trustedTypes?.createPolicy("foyer", {
  createHTML: (text) => text,
  createScript: () => "",
});
const never = function () {
  throw new Error("code in attributes is off");
};

htmx.registerExtension("foyer", {
  init(api) {
    api.initSecurity(policy ?? { createHTML: (text) => text, createScript: () => "" }, never, never);
  },
  // A redirect means: go there. An error page replaces the page, except the
  // form with its complaints (422); a part that asks again and again just waits.
  htmx_before_response(elt, { ctx }) {
    const raw = ctx.response.raw;
    if (raw.redirected) {
      location.assign(raw.url);
      return false;
    }
    if (raw.status >= 400 && elt.getAttribute("hx-trigger")?.startsWith("every")) return false;
    if (raw.status >= 400 && raw.status !== 422) {
      ctx.target = document.body;
      ctx.select = "body > *";
      ctx.swap = "innerHTML";
    }
    return true;
  },
});

document.addEventListener("htmx:after:settle", (event) => {
  for (const node of event.detail.newContent ?? []) {
    if (node instanceof Element) enhance(node);
  }
  focusNews(event.detail.newContent ?? []);
});
document.addEventListener("htmx:error", () => say("f-offline"));

invoke();
watchUploads();
watchForms();
enhance(document);
focusNews([]);
