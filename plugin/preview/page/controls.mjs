/** The live parameters: sliders, switches and buttons; what another browser changed shows here, too. */

import { make } from './dom.mjs';

/**
 * @typedef {{ path: string, kind: 'number' | 'boolean' | 'trigger', summary: string, default?: number | boolean,
 *   value?: number | boolean, min?: number, max?: number, step?: number, unit?: string }} Parameter
 */

/** After a change of ours, the state of a second ago is old news. */
const SETTLE_MS = 1_500;

/** Between two requests while a slider moves. */
const SEND_MS = 80;

export class Controls {
  #home;
  #onError;
  /** @type {Map<string, (value: number | boolean | undefined) => void>} */
  #shows = new Map();
  /** @type {Map<string, number>} */
  #changed = new Map();
  #paths = '';

  /**
   * @param {HTMLElement} home
   * @param {(message: string) => void} onError
   */
  constructor(home, onError) {
    this.#home = home;
    this.#onError = onError;
  }

  /** @param {Parameter[]} parameters */
  update(parameters) {
    const paths = parameters.map(({ path }) => path).join();
    if (paths !== this.#paths) {
      this.#paths = paths;
      this.#shows.clear();
      if (parameters.length > 0) this.#home.replaceChildren(...parameters.map((parameter) => this.#make(parameter, severalNodes(parameters))));
    }
    for (const { path, value } of parameters) {
      if (performance.now() - (this.#changed.get(path) ?? -Infinity) > SETTLE_MS) this.#shows.get(path)?.(value);
    }
  }

  /**
   * @param {Parameter} parameter
   * @param {boolean} withNode names the node that it is of
   */
  #make(parameter, withNode) {
    const { path, kind, summary } = parameter;
    const row = make('div', { className: 'parameter' });
    const id = `parameter-${path.replace('.', '-')}`;
    const [node = '', name = ''] = path.split('.');
    const description = make('p', { id: `${id}-what`, className: 'quiet', textContent: withNode ? `${summary} (${node})` : summary });
    if (kind === 'trigger') {
      const button = make('button', { id, type: 'button', textContent: titleOf(name) });
      button.addEventListener('click', () => void this.send(path, true));
      button.setAttribute('aria-describedby', description.id);
      row.append(button, description);
      return row;
    }
    const label = make('label', { htmlFor: id, textContent: titleOf(name) });
    const input = kind === 'number' ? this.#slider(parameter, row, label) : this.#switch(parameter, row, label);
    input.id = id;
    input.setAttribute('aria-describedby', description.id);
    row.append(description);
    return row;
  }

  /**
   * @param {Parameter} parameter
   * @param {HTMLElement} row
   * @param {HTMLElement} label
   */
  #slider({ path, min = 0, max = 1, step = 0.01, unit = '', default: fallback = 0 }, row, label) {
    const input = make('input', { type: 'range', min: String(min), max: String(max), step: String(step) });
    const output = make('output', {});
    const reset = make('button', { type: 'button', className: 'reset', textContent: 'Reset' });
    reset.setAttribute('aria-label', `Reset ${path}`);
    /** @param {number | boolean | undefined} value */
    const show = (value) => {
      input.value = String(value);
      output.textContent = `${Number(value).toFixed(step < 0.1 ? 2 : step < 1 ? 1 : 0)}${unit ? ` ${unit}` : ''}`;
      input.setAttribute('aria-valuetext', output.textContent);
      reset.disabled = value === fallback;
    };
    const sendSoon = throttle(() => void this.send(path, Number(input.value)), SEND_MS);
    input.addEventListener('input', () => {
      this.#changed.set(path, performance.now());
      show(Number(input.value));
      sendSoon();
    });
    reset.addEventListener('click', () => {
      show(fallback);
      void this.send(path, fallback);
    });
    this.#shows.set(path, show);
    row.append(label, output, input, reset);
    return input;
  }

  /**
   * @param {Parameter} parameter
   * @param {HTMLElement} row
   * @param {HTMLElement} label
   */
  #switch({ path }, row, label) {
    const input = make('input', { type: 'checkbox' });
    input.addEventListener('change', () => void this.send(path, input.checked));
    this.#shows.set(path, (value) => {
      input.checked = value === true;
    });
    row.append(label, input);
    return input;
  }

  /**
   * @param {string} path
   * @param {number | boolean} value
   */
  async send(path, value) {
    this.#changed.set(path, performance.now());
    try {
      const body = JSON.stringify({ path, value });
      const answer = await fetch('/api/parameters', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      const { error } = await answer.json();
      this.#onError(answer.ok ? '' : error);
      if (!answer.ok) this.#changed.delete(path); // What the server says shows again.
    } catch {
      this.#onError('The change did not reach the server.');
    }
  }
}

/** `maxGain` is read as "Max gain". @param {string} name */
function titleOf(name) {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {Parameter[]} parameters */
function severalNodes(parameters) {
  return new Set(parameters.map(({ path }) => path.split('.')[0])).size > 1;
}

/**
 * Runs at once, then at most once in so many milliseconds; the last call is never lost.
 * @param {() => void} work
 * @param {number} pause
 */
function throttle(work, pause) {
  /** @type {number | undefined} */
  let timer;
  let again = false;
  const run = () => {
    work();
    timer = setTimeout(() => {
      timer = undefined;
      if (!again) return;
      again = false;
      run();
    }, pause);
  };
  return () => {
    if (timer === undefined) run();
    else again = true;
  };
}
