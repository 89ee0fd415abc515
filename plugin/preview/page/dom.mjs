/** What makes and finds parts of the page. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

/** @param {string} id */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`There is no #${id}.`);
  return found;
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 */
export function svg(tag, attributes) {
  const shape = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
  return shape;
}

/**
 * Fills a fieldset with radio buttons.
 * @param {string} id
 * @param {string[]} names
 * @param {(index: number) => void} onChoice
 * @param {string | undefined} first the one that is chosen
 */
export function choices(id, names, onChoice, first = names[0]) {
  const home = element(id);
  for (const old of home.querySelectorAll('label')) old.remove();
  for (const [index, name] of names.entries()) {
    const label = make('label', { className: 'choice' });
    const input = make('input', { type: 'radio', name: id, value: name, checked: name === first });
    input.addEventListener('change', () => onChoice(index));
    label.append(input, make('span', { textContent: name }));
    home.append(label);
  }
}

/**
 * The name of a fieldset's chosen radio button.
 * @param {string} id
 */
export function chosen(id) {
  return /** @type {HTMLInputElement | null} */ (element(id).querySelector('input:checked'))?.value;
}
