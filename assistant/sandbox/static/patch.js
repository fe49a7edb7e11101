// Putting what changed in its place. An element with the same data-key and the same source stays, with its focus and
// what was typed into it; `data-inner` says that its children are looked at instead.

const sources = new WeakMap();

/** Make a slot hold some HTML; false when it does already. */
export function patch(slot, html) {
  if (sources.get(slot) === html) return false;
  sources.set(slot, html);
  const made = document.createElement("template");
  made.innerHTML = html;
  replaceChildren(slot, made.content);
  return true;
}

function replaceChildren(old, fresh) {
  const known = new Map([...old.children].filter((child) => child.dataset.key).map((child) => [child.dataset.key, child]));
  const children = [...fresh.children].map((child) => {
    const before = known.get(child.dataset.key);
    const source = child.outerHTML;
    if (before && sources.get(before) === source) return before;
    if (before && before.tagName === child.tagName && "inner" in child.dataset) {
      sources.set(before, source);
      replaceChildren(before, child);
      return before;
    }
    sources.set(child, source);
    if ("inner" in child.dataset) for (const inner of child.querySelectorAll("[data-key]")) sources.set(inner, inner.outerHTML);
    if (before) keepTyped(before, child);
    return child;
  });
  for (const child of [...old.children]) if (!children.includes(child)) child.remove();
  let at = old.firstElementChild;
  for (const child of children) {
    if (child === at) at = at.nextElementSibling;
    else old.insertBefore(child, at);
  }
}

/** A field that is rendered anew keeps what was typed, as Slack keeps it while block_id and action_id stay the same. */
function keepTyped(before, after) {
  const fields = (root) => [...root.querySelectorAll("[data-field]")];
  const name = (field) => [field.dataset.blockId, field.dataset.actionId, field.type === "radio" && field.value].join(" ");
  const fresh = new Map(fields(after).map((field) => [name(field), field]));
  for (const field of fields(before)) {
    const same = fresh.get(name(field));
    if (!same) continue;
    if (field.type === "radio") same.checked = field.checked;
    else same.value = field.value;
    if (field.dataset.option) same.dataset.option = field.dataset.option;
  }
}

/** Have the next `patch` of a slot not take for granted what stands there. */
export function forget(slot) {
  sources.delete(slot);
}
