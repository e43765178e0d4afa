"use strict";
// Runs before anything is painted: the theme the reader chose, or the system's, so that nothing flashes.
{
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("anomaly-hunter-theme");
    } catch {
      return null; // storage is closed: the system's theme
    }
  };
  const show = () => {
    const theme = chosen();
    root.dataset.theme = theme === "dark" || theme === "light" ? theme : dark.matches ? "dark" : "light";
  };
  root.classList.add("js");
  dark.addEventListener("change", show);
  addEventListener("storage", show); // another window changed it
  show();
}
