// From the address that MLflow's client printed to the page of the run or experiment it names.
"use strict";
(() => {
  const asked = new URLSearchParams(location.search);
  const [, experiment, run] = location.hash.match(/^#\/experiments\/(\d+)(?:\/runs\/([0-9a-f]{32}))?/) || [];
  asked.set("follow", "");
  if (experiment) asked.set("experiment", experiment);
  if (run) asked.set("run", run);
  location.replace(`${location.pathname}?${asked}`);
})();
