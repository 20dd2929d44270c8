// Draws the API's description with Swagger UI, and lets it follow the page's theme.
"use strict";
(() => {
  const page = document.getElementById("api");
  const follow = () => {
    const dark = document.documentElement.dataset.bsTheme === "dark";
    document.documentElement.classList.toggle("dark-mode", dark);
  };
  follow();
  document.addEventListener("theme", follow);
  SwaggerUIBundle({
    url: page.dataset.description,
    domNode: page.querySelector("[data-operations]"),
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    filter: true,
    // Nothing is asked elsewhere, and a token is kept no longer than the page.
    validatorUrl: null,
    persistAuthorization: false,
  });
})();
