/** An attribute of a program. Each instance of a quad has one value of it. */
export interface Attribute {
  readonly name: string;
  readonly size: number;
}

/** Instances of a quad. Their values lie one after the other in one buffer, attribute by attribute. */
export class Instances {
  readonly program: WebGLProgram;
  private readonly gl: WebGL2RenderingContext;
  private readonly array: WebGLVertexArrayObject;
  private readonly buffer: WebGLBuffer;
  private readonly uniforms = new Map<string, WebGLUniformLocation | null>();
  private readonly stride: number;
  private count = 0;

  /** @throws an Error where a shader does not compile. The caller takes that for a browser without WebGL2. */
  constructor(gl: WebGL2RenderingContext, vertex: string, fragment: string, attributes: readonly Attribute[]) {
    this.gl = gl;
    this.program = programOf(gl, vertex, fragment);
    this.array = gl.createVertexArray();
    this.buffer = gl.createBuffer();
    this.stride = attributes.reduce((sum, { size }) => sum + size, 0);
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    let offset = 0;
    for (const { name, size } of attributes) {
      const location = gl.getAttribLocation(this.program, name);
      if (location >= 0) {
        gl.enableVertexAttribArray(location);
        gl.vertexAttribPointer(location, size, gl.FLOAT, false, 4 * this.stride, 4 * offset);
        gl.vertexAttribDivisor(location, 1);
      }
      offset += size;
    }
    gl.bindVertexArray(null);
  }

  upload(values: Float32Array): void {
    const { gl } = this;
    this.count = values.length / this.stride;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
  }

  use(): void {
    this.gl.useProgram(this.program);
  }

  set(name: string, values: readonly number[]): void {
    const { gl } = this;
    const place = this.place(name);
    if (values.length === 1) gl.uniform1f(place, values[0] ?? 0);
    else if (values.length === 2) gl.uniform2f(place, values[0] ?? 0, values[1] ?? 0);
    else if (values.length === 3) gl.uniform3f(place, values[0] ?? 0, values[1] ?? 0, values[2] ?? 0);
  }

  /** Colours are three numbers each. */
  setColors(name: string, colors: readonly number[]): void {
    this.gl.uniform3fv(this.place(name), colors);
  }

  draw(): void {
    if (this.count === 0) return;
    const { gl } = this;
    gl.bindVertexArray(this.array);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.count);
    gl.bindVertexArray(null);
  }

  private place(name: string): WebGLUniformLocation | null {
    const cachedPlace = this.uniforms.get(name);
    if (cachedPlace !== undefined) return cachedPlace;
    const place = this.gl.getUniformLocation(this.program, name);
    this.uniforms.set(name, place);
    return place;
  }
}

function programOf(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error('no shader');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? 'not linked');
  return program;
}
