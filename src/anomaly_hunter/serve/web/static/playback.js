"use strict";
// The investigation as a film: every step lights the chart, the evidence and the service it speaks of.
{
  const STEP_MS = 4200;
  const root = document.getElementById("playback");

  class Playback {
    constructor(root) {
      this.root = root;
      this.steps = [...root.querySelectorAll(".step")];
      this.bar = document.getElementById("player");
      this.slider = this.bar.querySelector("input[type=range]");
      this.count = this.bar.querySelector(".player-count");
      this.title = this.bar.querySelector(".player-title");
      this.text = this.bar.querySelector(".player-text");
      this.proofs = this.bar.querySelector(".player-proofs");
      this.toggle = this.bar.querySelector("[data-play=toggle]");
      this.at = -1;
      this.timer = 0;
      this.slider.max = String(this.steps.length);
      this.slider.addEventListener("input", () => {
        this.pause();
        this.show(Number(this.slider.value) - 1);
      });
      document.addEventListener("click", (event) => this.act(event.target.closest?.("[data-play]")?.dataset.play)); // the head comes anew
      for (const [i, step] of this.steps.entries())
        step.querySelector("a[data-step]").addEventListener("click", (event) => {
          event.preventDefault();
          this.open();
          this.pause();
          this.show(i);
        });
      document.addEventListener("keydown", (event) => this.key(event));
      this.begin();
    }

    begin() {
      const asked = Permalink.number("step");
      if (asked === null || asked < 1 || asked > this.steps.length) return;
      this.open();
      setTimeout(() => this.show(asked - 1), 350);
    }

    open() {
      this.bar.hidden = false;
      document.body.classList.add("playing");
    }

    close() {
      this.pause();
      this.bar.hidden = true;
      document.body.classList.remove("playing");
      this.dim();
      this.at = -1;
      Permalink.set({ step: null });
    }

    act(what) {
      const acts = {
        start: () => this.start(),
        toggle: () => (this.timer ? this.pause() : this.play()),
        back: () => this.go(-1),
        next: () => this.go(1),
        close: () => this.close(),
      };
      acts[what]?.();
    }

    start() {
      this.open();
      this.show(0);
      this.play();
      this.toggle.focus({ preventScroll: true });
    }

    play() {
      if (this.at >= this.steps.length - 1) this.show(0);
      this.timer = setInterval(() => {
        if (this.at >= this.steps.length - 1) this.pause();
        else this.show(this.at + 1);
      }, STEP_MS);
      this.name();
    }

    pause() {
      clearInterval(this.timer);
      this.timer = 0;
      this.name();
    }

    name() {
      this.toggle.dataset.state = this.timer ? "playing" : "paused";
      this.toggle.setAttribute("aria-label", this.timer ? "Pause" : "Play");
    }

    go(by) {
      this.pause();
      this.show(Math.min(Math.max(this.at + by, 0), this.steps.length - 1));
    }

    key(event) {
      if (this.bar.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input:not([type=range]), textarea, select, .panels, dialog[open], [contenteditable]")) return;
      const onButton = event.target.closest("button, a, summary");
      const acts = {
        ArrowLeft: () => this.go(-1),
        ArrowRight: () => this.go(1),
        Home: () => this.go(-this.steps.length),
        End: () => this.go(this.steps.length),
        Escape: () => this.close(),
      };
      if (!onButton) acts[" "] = () => this.act("toggle");
      if (!acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    }

    show(index) {
      if (index < 0 || index >= this.steps.length || index === this.at) return;
      this.dim();
      this.at = index;
      const step = this.steps[index];
      step.setAttribute("aria-current", "step");
      this.slider.value = String(index + 1);
      this.slider.setAttribute("aria-valuetext", `Step ${index + 1} of ${this.steps.length}: ${step.dataset.title}`);
      this.count.textContent = `${index + 1} / ${this.steps.length}`;
      this.title.textContent = step.dataset.title;
      this.text.textContent = step.querySelector(".step-text")?.textContent.trim() ?? "";
      this.proofs.replaceChildren(...[...step.querySelectorAll(".step-proofs a")].map((link) => link.cloneNode(true)));
      Permalink.set({ step: index + 1 });
      this.light(step);
    }

    dim() {
      for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
      for (const step of this.steps) step.removeAttribute("aria-current");
      for (const figure of liveFigures.values()) figure.light(null);
    }

    light(step) {
      const { from, to, nodeLit: node, part } = step.dataset;
      const series = (step.dataset.series ?? "").split(" ");
      const shown = [];
      for (const [element, figure] of liveFigures) {
        if (from === undefined || !series.includes(element.dataset.subject)) continue;
        figure.light([Number(from), Number(to ?? from)]);
        shown.push(element);
      }
      for (const link of step.querySelectorAll(".step-proofs a"))
        for (const proof of document.querySelectorAll(`[data-proof="${CSS.escape(link.dataset.evidence)}"]`)) {
          proof.classList.add("lit");
          shown.push(proof);
        }
      if (node)
        for (const found of document.querySelectorAll(`[data-node="${CSS.escape(node)}"], [data-service="${CSS.escape(node)}"]`)) {
          found.classList.add("lit");
          shown.push(found);
        }
      const place = part && document.getElementById(part);
      if (place && part !== "charts") {
        place.classList.add("lit");
        shown.unshift(place);
      }
      this.reveal(shown[0] ?? place);
    }

    reveal(element) {
      if (!element) return;
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const tall = element.getBoundingClientRect().height > innerHeight * 0.45;
      element.scrollIntoView({ block: tall ? "start" : "center", behavior: calm ? "auto" : "smooth" });
    }
  }

  if (root && root.querySelector(".step")) {
    for (const part of document.querySelectorAll(".needs-playback")) part.hidden = false;
    const steps = root.querySelector(".steps-fold");
    steps.open = location.hash.startsWith("#step-"); // the player shows them one by one
    new Playback(root);
  }
}
