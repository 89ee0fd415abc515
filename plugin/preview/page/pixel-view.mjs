/** The newest picture at 100 %: one pixel of it on one of the screen, in a window that scrolls and is dragged. The live picture may be smaller than what was fused. */
import { element } from './dom.mjs';

export class PixelView {
  #dialog;
  #canvas = /** @type {HTMLCanvasElement} */ (element('pixels'));
  #words = element('pixel-words');

  /**
   * @param {HTMLElement} button
   * @param {HTMLDialogElement} dialog
   */
  constructor(button, dialog) {
    this.#dialog = dialog;
    button.addEventListener('click', () => void this.#open());
    element('pixels-again').addEventListener('click', () => void this.#load());
    this.#drag(element('pixel-window'));
  }

  async #open() {
    this.#dialog.showModal();
    await this.#load();
    const home = element('pixel-window');
    home.scrollTo((home.scrollWidth - home.clientWidth) / 2, (home.scrollHeight - home.clientHeight) / 2);
  }

  async #load() {
    this.#words.textContent = 'Loading';
    try {
      const answer = await fetch('/api/snapshot');
      if (!answer.ok) throw new Error((await answer.json()).error);
      const bitmap = await createImageBitmap(await answer.blob());
      Object.assign(this.#canvas, { width: bitmap.width, height: bitmap.height });
      // One of the screen's own, whatever the page's scale is.
      this.#canvas.style.width = `${bitmap.width / devicePixelRatio}px`;
      this.#canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
      bitmap.close();
      this.#words.textContent = `${this.#canvas.width} x ${this.#canvas.height}, 100 %`;
    } catch (error) {
      this.#words.textContent = error instanceof Error && error.message !== '' ? error.message : 'The picture did not come. Try again.';
    }
  }

  /** @param {HTMLElement} home is scrolled by dragging; by keys it is by itself */
  #drag(home) {
    home.addEventListener('pointermove', ({ buttons, movementX, movementY }) => {
      if (buttons === 1) home.scrollBy(-movementX, -movementY);
    });
  }
}
