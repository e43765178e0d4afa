"use strict";
// What the reader looks at, held in the address: a copied link shows another person the same.
const Permalink = {
  get(name) {
    return new URLSearchParams(location.search).get(name);
  },

  number(name) {
    const text = this.get(name);
    const value = text === null || text === "" ? NaN : Number(text);
    return Number.isFinite(value) ? value : null;
  },

  set(values) {
    const asked = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === undefined) asked.delete(name);
      else asked.set(name, String(value));
    }
    const query = asked.toString();
    const address = location.pathname + (query ? `?${query}` : "") + location.hash;
    history.replaceState(history.state, "", address);
  },
};
