"use strict";
// First of all scripts: remembers the reader's theme and writes down every error where a test can see it.
{
  const root = document.documentElement;
  const errors = [];
  const note = (text) => {
    errors.push(text);
    root.dataset.errors = errors.join("\n");
  };
  addEventListener("error", (event) => note(String(event.message)));
  addEventListener("unhandledrejection", (event) => note(String(event.reason)));
  addEventListener("securitypolicyviolation", (event) => note(`blocked: ${event.violatedDirective}`));
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("anomaly-hunter-theme");
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  } catch {
    // Storage is closed to some pages opened from a file; the system's theme is used then.
  }
}
