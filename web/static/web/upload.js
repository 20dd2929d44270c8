// Files from a browser, one after the other, each as the body of a PUT, so that the server can stream it.
const size = (bytes) => {
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  let amount = bytes;
  while (amount >= 1024 && unit < units.length - 1) { amount /= 1024; unit += 1; }
  return `${unit ? amount.toFixed(1).replace(/\.0$/, "") : amount} ${units[unit]}`;
};

const path = (folder, name) => [...folder.split("/").filter(Boolean), ...name.split("/")].map(encodeURIComponent).join("/");

// Why the server said no; it says it in JSON, but for a page that asks to sign in.
const reason = (request) => {
  try { return JSON.parse(request.responseText).message; } catch { /* not JSON */ }
  return request.status ? `The server refused it (${request.status})` : "The connection broke";
};

const send = (file, address, token, { progress, cancel }) => new Promise((resolve) => {
  const request = new XMLHttpRequest();
  request.open("PUT", address);
  request.setRequestHeader("X-CSRFToken", token);
  request.upload.addEventListener("progress", (event) => progress(event.loaded));
  request.addEventListener("load", () => resolve(request.status === 201 ? "" : reason(request)));
  request.addEventListener("error", () => resolve(reason(request)));
  request.addEventListener("abort", () => resolve("Cancelled"));
  cancel(() => request.abort());
  request.send(file);
});

const prepare = (form) => {
  if (!form || !form.hidden) return;
  form.hidden = false;
  const [list, said, drop, input] = ["uploads", "said", "drop", "files"].map((name) => form.querySelector(`[data-${name}]`));
  const largest = Number(form.dataset.largest);
  let waiting = Promise.resolve();
  let left = 0;
  let wrong = 0;
  let kept = 0;

  const finish = () => {
    if (left) return;
    if (kept && !wrong) location.reload();
    else said.textContent = kept ? `${kept} kept, ${wrong} not. Reload the page to see them.` : "Nothing was kept.";
  };

  const add = (file) => {
    const row = form.querySelector("[data-one]").content.cloneNode(true).firstElementChild;
    const [name, bar, state, button] = row.children;
    name.textContent = file.name;
    state.textContent = size(file.size);
    bar.setAttribute("aria-label", file.name);
    list.append(row);
    let stop = null;
    let cancelled = false;
    left += 1;
    button.addEventListener("click", () => { cancelled = true; if (stop) stop(); });
    const end = (problem) => {
      button.remove();
      bar.value = problem ? 0 : 1;
      state.textContent = problem || "Kept";
      row.classList.toggle("wrong", Boolean(problem));
      left -= 1;
      if (problem) wrong += 1;
      else kept += 1;
      finish();
    };
    if (file.size > largest) {
      end(`It has ${size(file.size)}, more than the ${size(largest)} that are accepted`);
      return;
    }
    const address = form.dataset.upload + path(form.elements.folder.value, file.name);
    waiting = waiting.then(async () => {
      if (cancelled) { end("Cancelled"); return; }
      const progress = (loaded) => {
        bar.value = file.size ? loaded / file.size : 1;
        state.textContent = `${size(loaded)} of ${size(file.size)}`;
      };
      end(await send(file, address, form.elements.csrfmiddlewaretoken.value, { progress, cancel: (abort) => { stop = abort; } }));
    });
  };

  const take = (files) => {
    said.textContent = "";
    for (const file of files) add(file);
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => take([...event.dataTransfer.files]));
  addEventListener("beforeunload", (event) => { if (left) event.preventDefault(); });
};

const prepareAll = () => document.querySelectorAll("[data-upload]").forEach(prepare);
// Another folder has been opened: that is where the next file belongs.
document.addEventListener("htmx:afterSwap", () => {
  prepareAll();
  const open = document.querySelector("[data-folder]");
  for (const form of document.querySelectorAll("[data-upload]")) {
    if (open) form.elements.folder.value = open.dataset.folder;
  }
});
prepareAll();
