// Runs before the first paint: what the visitor chose, or else what their system prefers.
"use strict";
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const apply = () => {
    document.documentElement.dataset.bsTheme = chosen() || (dark.matches ? "dark" : "light");
    document.dispatchEvent(new CustomEvent("theme"));
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
        try { localStorage.setItem("theme", next); } catch { /* it then lasts as long as the page */ }
        apply();
        document.documentElement.dataset.bsTheme = next;
        document.dispatchEvent(new CustomEvent("theme"));
      });
    }
  });
})();
