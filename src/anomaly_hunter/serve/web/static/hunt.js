"use strict";
// Upload and hunt: files dropped, chosen or pasted, sent with progress, watched as a job, then shown.
{
  const form = document.getElementById("hunt-form");
  const drop = document.getElementById("drop");
  const chosen = document.getElementById("chosen");
  const work = document.getElementById("work");
  const POLL_MS = 600;
  const MOST_FILES = 100;
  const ROLES = [["files", "data"], ["events", "events"], ["graph", "dependencies"], ["logs", "log lines"]];
  let files = []; // { file, role }
  let job = null;
  let sending = null;

  const csrf = () => document.querySelector("meta[name=csrf-token]")?.content ?? "";

  // Guessed by the name, shown, and there to be changed; of what stands around the data there is one each.
  function roleOf(name) {
    const guess = /graph|topolog|depend/i.test(name) ? "graph" : /event|deploy|change/i.test(name) ? "events" : /\.log$/i.test(name) ? "logs" : "files";
    return files.some(({ role }) => role === guess) ? "files" : guess;
  }

  function size(bytes) {
    return bytes < 1e3 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  }

  function add(list) {
    const room = MOST_FILES - files.length;
    for (const file of [...list].slice(0, room)) files.push({ file, role: roleOf(file.name) });
    if (files.length && files.every(({ role }) => role !== "files")) files[0].role = "files"; // something has to be hunted in
    showChosen();
  }

  function showChosen() {
    chosen.replaceChildren(...files.map(({ file, role }, at) => {
      const pick = element("select", { "aria-label": `What ${file.name} holds`, class: "small" });
      for (const [value, words] of ROLES) pick.append(element("option", value === role ? { value, selected: "" } : { value }, words));
      pick.addEventListener("change", () => (files[at].role = pick.value));
      const away = element("button", { type: "button", class: "quiet small only-icon", "aria-label": `Leave out ${file.name}` }, "×");
      away.addEventListener("click", () => {
        files.splice(at, 1);
        showChosen();
      });
      return element("li", { class: "row" }, element("span", { class: "cut" }, file.name), element("small", { class: "number" }, size(file.size)), pick, away);
    }));
    chosen.hidden = files.length === 0;
  }

  function pasted() {
    const text = form.elements.pasted.value.trim();
    if (!text) return null;
    const numbers = text.split(/[\s,;]+/).map((part) => (part === "null" ? null : Number(part)));
    const plain = !text.includes("\n") || text.split("\n").every((line) => /^[\s\d.,;eE+-]*$/.test(line) && !/[,;].*[,;]/.test(line));
    if (plain && numbers.every((one) => one === null || Number.isFinite(one)))
      return new File([`value\n${numbers.map((one) => one ?? "").join("\n")}\n`], "pasted numbers.csv", { type: "text/csv" });
    const json = text.startsWith("[") || text.startsWith("{");
    return new File([text], json ? "pasted.json" : "pasted.csv", { type: json ? "application/json" : "text/csv" });
  }

  function options() {
    const said = {};
    for (const field of form.querySelectorAll("[data-option]")) {
      const text = field.value.trim();
      if (text !== "") said[field.dataset.option] = field.dataset.number === undefined ? text : Number(text);
    }
    return said;
  }

  function body() {
    const sent = new FormData();
    const text = pasted();
    for (const { file, role } of text ? [...files, { file: text, role: "files" }] : files) sent.append(role, file, file.name);
    const said = options();
    if (Object.keys(said).length) sent.append("options", JSON.stringify(said));
    return sent;
  }

  // ------------------------------------------------------------ what the panel says
  function say(title, text, share) {
    work.hidden = false;
    form.hidden = true;
    work.classList.remove("failed");
    work.querySelector("h2").textContent = title;
    work.querySelector(".said").textContent = text;
    const bar = work.querySelector("progress");
    bar.hidden = false;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    work.querySelector("[data-cancel]").hidden = false;
    work.querySelector("[data-again]").hidden = true;
  }

  function fail(problem) {
    job = null;
    Permalink.set({ job: null });
    work.hidden = false;
    form.hidden = true;
    work.classList.add("failed");
    work.querySelector("h2").textContent = problem.title || "That did not work";
    const cure = problem.cure ? ` ${problem.cure.charAt(0).toUpperCase()}${problem.cure.slice(1)}.` : "";
    const detail = problem.detail || "The server did not say why.";
    work.querySelector(".said").textContent = detail.includes(problem.cure || "\0") ? detail : detail + cure;
    work.querySelector("progress").hidden = true;
    work.querySelector("[data-cancel]").hidden = true;
    const again = work.querySelector("[data-again]");
    again.hidden = false;
    again.focus();
  }

  function back() {
    work.hidden = true;
    form.hidden = false;
    job = null;
    Permalink.set({ job: null });
  }

  function arrive(hunt) {
    location.assign(`/hunts/${encodeURIComponent(hunt)}`);
  }

  // ------------------------------------------------------------ sending, watching
  function send(sent) {
    say("Sending", "Your data go to this server and nowhere else.", 0);
    sending = new XMLHttpRequest();
    sending.open("POST", "/api/v1/hunts");
    sending.setRequestHeader("Accept", "application/json");
    if (csrf()) sending.setRequestHeader("X-CSRF-Token", csrf());
    sending.upload.addEventListener("progress", (event) => event.lengthComputable && say("Sending", `${size(event.loaded)} of ${size(event.total)}`, event.loaded / event.total));
    sending.upload.addEventListener("load", () => say("Hunting", "Reading the data, then looking at every series.", null));
    sending.addEventListener("error", () => fail({ title: "The server cannot be reached", detail: "Check that `hunter serve` runs, then try again." }));
    sending.addEventListener("load", () => answered(sending));
    sending.send(sent);
  }

  function answered(request) {
    let told = {};
    try {
      told = JSON.parse(request.responseText);
    } catch {
      told = { title: `The server answered ${request.status}` };
    }
    if (request.status >= 400) return fail(told);
    const hunt = told.hunt_id ?? told.hunt;
    if (request.status !== 202 && hunt) return arrive(hunt);
    watch(told.job ?? told.id ?? told.job_id ?? (request.getResponseHeader("Location") ?? "").split("/").pop());
  }

  function watch(name) {
    job = name;
    Permalink.set({ job: name });
    say("Hunting", "Reading the data, then looking at every series.", null);
    look();
  }

  async function look() {
    const name = job;
    if (!name) return;
    try {
      const answer = await fetch(`/api/v1/jobs/${encodeURIComponent(name)}`, { headers: { accept: "application/json" } });
      const told = await answer.json();
      if (name !== job) return;
      if (!answer.ok) return fail(told);
      if (told.state === "done") return arrive(told.result?.hunt_id);
      if (told.state === "failed") return fail(told.error ?? {});
      if (told.state === "cancelled") return back();
      if (told.state === "running" && told.of) say("Hunting", `${told.done.toLocaleString("en-US")} of ${told.of.toLocaleString("en-US")} series looked at`, told.done / told.of);
      else if (told.state === "queued") say("Waiting for its turn", "It begins as soon as a worker is free.", null);
    } catch {
      // The server is away for a moment: asked again.
    }
    setTimeout(look, POLL_MS);
  }

  async function cancel() {
    if (!job) {
      sending?.abort();
      return back();
    }
    const headers = csrf() ? { "X-CSRF-Token": csrf() } : {};
    await fetch(`/api/v1/jobs/${encodeURIComponent(job)}`, { method: "DELETE", headers }).catch(() => {});
    back();
  }

  // ------------------------------------------------------------ example data
  async function sample(name) {
    say("Fetching the example", "It ships with the package.", null);
    try {
      const answer = await fetch(`/hunt/samples/${name}`);
      const told = await answer.json();
      if (!answer.ok) return fail(told);
      const sent = new FormData();
      for (const [role, title, text] of told.files) sent.append(role, new File([text], title), title);
      send(sent);
    } catch {
      fail({ title: "The server cannot be reached", detail: "Check that `hunter serve` runs, then try again." });
    }
  }

  if (!form && work?.dataset.job) location.replace(`/hunt?job=${work.dataset.job}`); // where scripts run, the page follows it
  if (form) {
    form.elements.picked.addEventListener("change", () => {
      add(form.elements.picked.files);
      form.elements.picked.value = "";
    });
    for (const kind of ["dragenter", "dragover"])
      addEventListener(kind, (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        drop.classList.add("over");
      });
    addEventListener("dragleave", (event) => event.relatedTarget === null && drop.classList.remove("over"));
    addEventListener("drop", (event) => {
      drop.classList.remove("over");
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      if (!form.hidden) add(event.dataTransfer.files);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const sent = body();
      if (!sent.has("files")) {
        toast({ title: "There is nothing to hunt in yet", text: "Drop a file, choose one, or paste some numbers.", kind: "failed" });
        return drop.querySelector("input").focus();
      }
      send(sent);
    });
    for (const button of document.querySelectorAll("[data-sample]"))
      button.addEventListener("click", (event) => {
        event.preventDefault();
        sample(button.dataset.sample);
      });
    work.querySelector("[data-cancel]").addEventListener("click", cancel);
    work.querySelector("[data-again]").addEventListener("click", back);
    const asked = Permalink.get("job");
    if (/^[0-9a-f]{12}$/.test(asked ?? "")) watch(asked);
    else if (/^[a-z]+$/.test(Permalink.get("sample") ?? "")) document.querySelector(`[data-sample="${Permalink.get("sample")}"]`)?.focus();
  }
}
