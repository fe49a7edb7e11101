// Lists to choose from: completions, a form's search, the switcher

/** A list beside a text field. `choose` is called with what was chosen. */
export class Picker {
  constructor(field, list, choose) {
    Object.assign(this, { field, list, choose, options: [], at: 0 });
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.take(Number(item.dataset.at));
    });
  }

  /** Show options, each {label, detail}; `none` is said when there are none, and nothing is shown without it. */
  show(options, none = "") {
    Object.assign(this, { options, at: 0 });
    this.list.replaceChildren(
      ...options.map(({ label, detail }, at) => {
        const item = element("li", { id: `${this.list.id}-${at}`, role: "option" }, label);
        item.dataset.at = at;
        if (detail) item.append(element("small", {}, detail));
        return item;
      }),
      ...(options.length || !none ? [] : [element("li", { class: "none" }, none)]),
    );
    this.list.hidden = !this.list.children.length;
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
    this.select(0);
  }

  hide() {
    this.show([]);
  }

  select(at) {
    this.at = at;
    for (const [number, item] of [...this.list.querySelectorAll("[role=option]")].entries()) {
      item.setAttribute("aria-selected", String(number === at));
      if (number === at) item.scrollIntoView({ block: "nearest" });
    }
    if (this.options.length) this.field.setAttribute("aria-activedescendant", `${this.list.id}-${at}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  take(at) {
    const option = this.options[at];
    this.hide();
    this.choose(option);
  }

  /** Handle a key; true when it meant the list. */
  key(event) {
    if (this.list.hidden) return false;
    const count = this.options.length;
    if (event.key === "ArrowDown" && count) this.select((this.at + 1) % count);
    else if (event.key === "ArrowUp" && count) this.select((this.at + count - 1) % count);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && count) this.take(this.at);
    else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}

export function element(tag, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}
