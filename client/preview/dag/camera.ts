/** The part of the picture that the canvas shows: the point in its upper left corner, and screen pixels per unit. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MIN_ZOOM = 0.02;
/** Only a picture that would need a smaller zoom than this is not shown whole. */
const LEAST_FITTING_ZOOM = 0.002;
const MAX_ZOOM = 4;
/** The margin between the picture and the edge of the canvas, in screen pixels. */
const MARGIN = 12;
/** From this zoom on names and times stand in their boxes, and seeing the whole picture is worth more than the rest of the text. */
const WHOLE_FROM = 0.45;
/** From the first zoom on names and times are easy to read; below the second they hardly are. */
const LEGIBLE_ZOOM = 0.62;
const LEAST_OPENING_ZOOM = 0.45;

/** Shows the whole picture, centred and never enlarged. */
export function fitting(picture: Size, view: Size): Camera {
  const zoom = Math.max(
    LEAST_FITTING_ZOOM,
    Math.min(
      1,
      (view.width - 2 * MARGIN) / Math.max(1, picture.width),
      (view.height - 2 * MARGIN) / Math.max(1, picture.height),
    ),
  );
  return {
    zoom,
    x: picture.width / 2 - view.width / 2 / zoom,
    y: picture.height / 2 - view.height / 2 / zoom,
  };
}

/** Shows the whole picture if its names can be read; otherwise its beginning, large enough to read them easily. */
export function opening(picture: Size, view: Size): Camera {
  const whole = fitting(picture, view);
  if (whole.zoom >= WHOLE_FROM) return whole;
  const byHeight = (view.height - 2 * MARGIN) / Math.max(1, picture.height);
  const byWidth = (view.width - 2 * MARGIN) / Math.max(1, picture.width);
  const zoom = clamp(Math.max(LEAST_OPENING_ZOOM, Math.min(LEGIBLE_ZOOM, Math.max(byHeight, byWidth))));
  const x = picture.width * zoom > view.width ? -MARGIN / zoom : picture.width / 2 - view.width / 2 / zoom;
  const y = picture.height * zoom > view.height ? -MARGIN / zoom : picture.height / 2 - view.height / 2 / zoom;
  return { x, y, zoom };
}

/** The camera where it sees all of a rectangle; else one that does, or that sees its beginning where all could not be read. */
export function into(camera: Camera, box: Rectangle, view: Size): Camera {
  const isSeen =
    box.x >= camera.x &&
    box.y >= camera.y &&
    box.x + box.width <= camera.x + view.width / camera.zoom &&
    box.y + box.height <= camera.y + view.height / camera.zoom;
  if (isSeen) return camera;
  const whole = fitting(box, view);
  const zoom = Math.max(LEAST_OPENING_ZOOM, Math.min(whole.zoom, Math.max(camera.zoom, LEGIBLE_ZOOM)));
  const start = (from: number, length: number, room: number) =>
    length * zoom > room - 2 * MARGIN ? from - MARGIN / zoom : from + length / 2 - room / 2 / zoom;
  return { x: start(box.x, box.width, view.width), y: start(box.y, box.height, view.height), zoom };
}

/** Zooms around a point of the screen. That point keeps what it shows. */
export function zoomAt(camera: Camera, screenX: number, screenY: number, factor: number): Camera {
  const zoom = clamp(camera.zoom * factor);
  return {
    zoom,
    x: camera.x + screenX / camera.zoom - screenX / zoom,
    y: camera.y + screenY / camera.zoom - screenY / zoom,
  };
}

export function panBy(camera: Camera, screenX: number, screenY: number): Camera {
  return { ...camera, x: camera.x + screenX / camera.zoom, y: camera.y + screenY / camera.zoom };
}

export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

/** Makes the least movement that brings a rectangle into view, with some room around it. */
export function reveal(camera: Camera, box: Rectangle, view: Size): Camera {
  const room = 40 / camera.zoom;
  return {
    ...camera,
    x: shift(camera.x, view.width / camera.zoom, box.x - room, box.x + box.width + room),
    y: shift(camera.y, view.height / camera.zoom, box.y - room, box.y + box.height + room),
  };
}

function shift(start: number, length: number, from: number, to: number): number {
  // A rectangle larger than the view stays where it is while a part of it shows.
  if (to - from > length) return from > start + length || to < start ? (from + to - length) / 2 : start;
  return from < start ? from : to > start + length ? to - length : start;
}

export function between(from: Camera, to: Camera, share: number): Camera {
  const mix = (a: number, b: number) => a + (b - a) * share;
  return { x: mix(from.x, to.x), y: mix(from.y, to.y), zoom: mix(from.zoom, to.zoom) };
}

function clamp(zoom: number): number {
  return Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, zoom));
}

/** Where a box of the picture lies on the canvas. */
export function onScreen({ x, y, width, height }: Rectangle, camera: Camera): Rectangle {
  return {
    x: (x - camera.x) * camera.zoom,
    y: (y - camera.y) * camera.zoom,
    width: width * camera.zoom,
    height: height * camera.zoom,
  };
}
