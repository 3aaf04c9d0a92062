import { COLORS, KINDS } from './buffers.ts';

/** A corner of the quad, from -1 to 1 in both directions, computed from the number of the vertex. */
const CORNER = 'vec2 corner = vec2(gl_VertexID % 2, gl_VertexID / 2) * 2.0 - 1.0;';

/** Converts pixels of the canvas to WebGL's own coordinates. */
const PLACE = 'gl_Position = vec4(screen / size * 2.0 - 1.0, 0.0, 1.0) * vec4(1.0, -1.0, 1.0, 1.0);';

/** Boxes are nodes and groups. `shape` is 0 for a rectangle, 1 for an ellipse, 2 for a parallelogram, 3 for a pill. */
export const BOX_VERTEX = `#version 300 es
in vec4 box;
in float shape;
in float color;
in float line;
in float round;
in float alpha;
in float heat;
uniform vec3 camera;
uniform vec2 size;
out vec2 local;
flat out vec2 extent;
flat out float kind;
flat out float paint;
flat out float width;
flat out float radius;
flat out float seen;
flat out float hot;
void main() {
  ${CORNER}
  float zoom = camera.z;
  extent = max(box.zw * zoom, vec2(1.0)) / 2.0;
  vec2 middle = (box.xy - camera.xy) * zoom + extent;
  width = line * clamp(zoom, 0.6, 1.5);
  local = corner * (extent + width + 1.0);
  vec2 screen = middle + local;
  kind = shape;
  paint = color;
  radius = round;
  seen = alpha;
  hot = heat;
  ${PLACE}
}`;

export const BOX_FRAGMENT = `#version 300 es
precision highp float;
in vec2 local;
flat in vec2 extent;
flat in float kind;
flat in float paint;
flat in float width;
flat in float radius;
flat in float seen;
flat in float hot;
uniform vec3 camera;
uniform float ratio;
uniform float cells;
uniform vec3 fills[${COLORS}];
uniform vec3 strokes[${COLORS}];
uniform vec3 heated;
out vec4 pixel;

float rounded(vec2 p, vec2 half_size, float r) {
  vec2 q = abs(p) - half_size + r;
  return min(max(q.x, q.y), 0.0) + length(max(q, 0.0)) - r;
}

float distance_to_outline(vec2 p) {
  if (kind == 1.0) {
    float k = length(p / extent);
    float slope = length(p / (extent * extent));
    return slope < 1e-6 ? -min(extent.x, extent.y) : k * (k - 1.0) / slope;
  }
  if (kind == 2.0) {
    float slant = min(14.0 * camera.z, extent.y * 2.0 / 3.0);
    float shifted = p.x + slant * p.y / (2.0 * extent.y);
    float lean = 2.0 * extent.y / length(vec2(2.0 * extent.y, slant));
    return max((abs(shifted) - (extent.x - slant / 2.0)) * lean, abs(p.y) - extent.y);
  }
  float corner = kind == 3.0 ? min(extent.x, extent.y) : min(radius * camera.z, min(extent.x, extent.y));
  return rounded(p, extent, corner);
}

void main() {
  int index = int(paint);
  float soft = 0.5 / ratio;
  if (cells > 0.5 && index < ${KINDS.length}) {
    vec2 inside = step(abs(local), extent);
    vec3 cold = mix(fills[index], strokes[index], 0.55);
    pixel = vec4(mix(cold, heated, hot), seen * inside.x * inside.y);
    return;
  }
  float away = distance_to_outline(local);
  float filled = 1.0 - smoothstep(-soft, soft, away);
  float stroked = 1.0 - smoothstep(width / 2.0 - soft, width / 2.0 + soft, abs(away));
  pixel = vec4(mix(fills[index], strokes[index], stroked), max(filled, stroked) * seen);
}`;

/**
 * Straight parts of edges. A part is dashed if `dash` is above 0; then it is the distance along the edge to the part's start,
 * plus 1.
 */
export const LINE_VERTEX = `#version 300 es
in vec2 from;
in vec2 to;
in float color;
in float line;
in float dash;
in float alpha;
uniform vec3 camera;
uniform vec2 size;
out float across;
out float along;
flat out float half_width;
flat out float paint;
flat out float dashed;
flat out float seen;
void main() {
  ${CORNER}
  float zoom = camera.z;
  vec2 a = (from - camera.xy) * zoom;
  vec2 b = (to - camera.xy) * zoom;
  vec2 way = b - a;
  float far = length(way);
  vec2 forward = far > 0.0 ? way / far : vec2(1.0, 0.0);
  half_width = line * clamp(zoom, 0.6, 1.6) / 2.0;
  float reach = half_width + 1.0;
  float end = corner.x * 0.5 + 0.5;
  vec2 screen = mix(a, b, end) + forward * corner.x * half_width + vec2(-forward.y, forward.x) * corner.y * reach;
  across = corner.y * reach;
  along = max(dash - 1.0, 0.0) * zoom + end * far;
  paint = color;
  dashed = dash;
  seen = alpha;
  ${PLACE}
}`;

export const LINE_FRAGMENT = `#version 300 es
precision highp float;
in float across;
in float along;
flat in float half_width;
flat in float paint;
flat in float dashed;
flat in float seen;
uniform vec3 camera;
uniform float ratio;
uniform float edges;
uniform vec3 colors[2];
out vec4 pixel;
void main() {
  float soft = 0.5 / ratio;
  float inside = 1.0 - smoothstep(half_width - soft, half_width + soft, abs(across));
  float scale = max(0.6, camera.z);
  if (dashed > 0.0 && mod(along, 9.0 * scale) > 5.0 * scale) discard;
  pixel = vec4(colors[int(paint)], inside * seen * edges);
}`;

/** Tips of arrows, which take half of the quad. */
export const TIP_VERTEX = `#version 300 es
in vec2 at;
in vec2 way;
in float color;
in float alpha;
uniform vec3 camera;
uniform vec2 size;
flat out float paint;
flat out float seen;
void main() {
  float length_of_tip = clamp(8.0 * camera.z, 5.0, 9.0);
  vec2 point = (at - camera.xy) * camera.z;
  vec2 side = vec2(-way.y, way.x);
  vec2 back = point - way * length_of_tip * 0.913;
  vec2 screen = gl_VertexID == 0 ? point : back + side * length_of_tip * 0.408 * (gl_VertexID == 1 ? 1.0 : -1.0);
  paint = color;
  seen = alpha;
  ${PLACE}
}`;

export const TIP_FRAGMENT = `#version 300 es
precision highp float;
flat in float paint;
flat in float seen;
uniform float edges;
uniform vec3 colors[2];
out vec4 pixel;
void main() {
  pixel = vec4(colors[int(paint)], seen * edges);
}`;
