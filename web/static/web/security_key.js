// Security keys: allauth's script does the talking; here is which form it is for, and what people are told.
"use strict";
(() => {
  const form = document.querySelector("[data-security-key]");
  const wrong = form.querySelector("[data-security-key-wrong]");
  const say = (text) => {
    wrong.textContent = text;
    wrong.hidden = false;
  };

  if (!window.PublicKeyCredential) {
    say("This browser offers security keys on https and on localhost only.");
    return;
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const { name, message } = event.detail.exception;
    if (name === "SecurityError") say("Security keys need a host name: open this service by its name, or as localhost.");
    else if (name === "InvalidStateError") say("That key is here already.");
    else if (name === "NotAllowedError" || name === "AbortError") say("The key was not used in time, or the request was cancelled.");
    else say(message);
  });
  const ids = { add: "use-key", authenticate: "use-key", credential: "credential", data: "js_data" };
  window.allauth.webauthn.forms[form.dataset.securityKey]({ ids });
})();
