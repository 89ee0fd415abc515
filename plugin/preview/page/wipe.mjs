/** The wipe: a line across the picture that is dragged, brought to where the picture is clicked, or moved by arrow keys. */

/** Percent of the picture's width. */
const STEP = 1;
const STRIDE = 10;

export class Wipe {
  #stage;
  #handle;
  #onMove;
  #position = 50;

  /**
   * @param {HTMLElement} stage
   * @param {HTMLElement} handle
   * @param {(position: number) => void} onMove hears percents from the left
   */
  constructor(stage, handle, onMove) {
    this.#stage = stage;
    this.#handle = handle;
    this.#onMove = onMove;
    handle.addEventListener('keydown', (event) => this.#key(event));
    handle.addEventListener('pointerdown', (event) => {
      handle.setPointerCapture(event.pointerId);
      handle.addEventListener('pointermove', this.#drag);
    });
    stage.addEventListener('click', (event) => {
      if (!handle.hidden && event.target !== handle) this.#drag(event);
    });
    for (const end of /** @type {const} */ (['pointerup', 'pointercancel'])) {
      handle.addEventListener(end, () => handle.removeEventListener('pointermove', this.#drag));
    }
    this.move(this.#position);
  }

  /** @param {number} position */
  move(position) {
    this.#position = Math.min(100, Math.max(0, position));
    this.#handle.style.left = `${this.#position}%`;
    this.#handle.setAttribute('aria-valuenow', String(Math.round(this.#position)));
    this.#handle.setAttribute('aria-valuetext', `${Math.round(this.#position)} % from the left`);
    this.#onMove(this.#position);
  }

  /** @type {(event: MouseEvent) => void} */
  #drag = (event) => {
    const { left, width } = this.#stage.getBoundingClientRect();
    this.move(((event.clientX - left) / width) * 100);
  };

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = event.shiftKey ? STRIDE : STEP;
    const targets = {
      ArrowLeft: this.#position - step,
      ArrowDown: this.#position - step,
      ArrowRight: this.#position + step,
      ArrowUp: this.#position + step,
      PageDown: this.#position - STRIDE,
      PageUp: this.#position + STRIDE,
      Home: 0,
      End: 100,
    };
    const target = /** @type {Record<string, number | undefined>} */ (targets)[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.move(target);
  }
}
