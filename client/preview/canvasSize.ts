/** What a canvas covers of the screen, in CSS pixels, and the device pixels per CSS pixel. */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/**
 * Tells the size of a canvas, first and whenever it changes, but never while it is hidden. A box of a fractional height covers a
 * whole number of the screen's pixels. A canvas with one pixel more or less would be scaled to it in every frame, which blurs it
 * and, without a graphics card, costs a millisecond.
 */
export function followSize(canvas: HTMLCanvasElement, tell: (size: CanvasSize) => void): void {
  const isExact = 'devicePixelContentBoxSize' in ResizeObserverEntry.prototype;
  const observer = new ResizeObserver((entries) => {
    const ratio = window.devicePixelRatio;
    const entry = entries.at(-1);
    const [box, pixels] = [entry?.contentBoxSize[0], isExact ? entry?.devicePixelContentBoxSize[0] : undefined];
    if (!box) return;
    // An emulated screen reports CSS pixels here, also as whole numbers.
    const reportedRatio = (pixels?.inlineSize ?? 0) / box.inlineSize;
    const pixelsPerUnit = Math.abs(reportedRatio - ratio) <= Math.abs(reportedRatio - 1) ? ratio : 1;
    const width = pixels ? pixels.inlineSize / pixelsPerUnit : Math.round(box.inlineSize);
    const height = pixels ? pixels.blockSize / pixelsPerUnit : Math.round(box.blockSize);
    if (width > 0 && height > 0) tell({ width, height, ratio });
  });
  observer.observe(canvas, { box: isExact ? 'device-pixel-content-box' : 'content-box' });
}
