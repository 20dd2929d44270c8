// What JavaScript adds to pages that work without it: copy buttons, questions before deleting, search in tables.
"use strict";
(() => {
  const prepare = (root) => {
    for (const button of root.querySelectorAll("[data-copy][hidden]")) {
      if (navigator.clipboard) button.hidden = false;
    }
    for (const input of root.querySelectorAll("[data-find][hidden]")) input.hidden = false;
  };

  const copy = async (button) => {
    const word = button.querySelector("[data-copy-word]");
    const said = word.textContent;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    word.textContent = "Copied";
    setTimeout(() => { word.textContent = said; }, 1500);
  };

  const find = (input) => {
    const words = input.value.toLowerCase();
    for (const row of document.getElementById(input.dataset.find).tBodies[0].rows) {
      row.hidden = !row.textContent.toLowerCase().includes(words);
    }
  };

  // An open menu closes when something else is used, or with Escape.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open], details.action[open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    closeMenus(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(null);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-find]")) find(event.target);
  });
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", (event) => prepare(event.target));
  prepare(document);
})();
