/** Answers with the object that it is given, so that a class that extends it adds its fields to that object. */
const Given = new Proxy(
  class {
    readonly given: object;

    constructor(given: object) {
      this.given = given;
    }
  },
  { construct: (_class, [given]) => given },
);

function fieldFor<Value>() {
  return class Field extends Given {
    #value: Value | undefined;

    static read(key: object): Value | undefined {
      return #value in key ? key.#value : undefined;
    }

    static write(key: object, value: Value | undefined): void {
      const holder = #value in key ? key : new Field(key);
      holder.#value = value;
    }
  };
}

/**
 * Values that are kept for objects, each as a private field of its object. Copies of an object do not have it. The fields last as
 * long as the objects, so a memo belongs in a module, or beside what makes the objects.
 *
 * A `WeakMap` answers the same. But V8 holds whatever is in a weak map that has grown old until it collects all of the heap, even
 * where nothing else holds the key. Every keystroke makes its objects anew, and collecting those of the last few should take no
 * longer than walking the living ones.
 */
export class Memo<Key extends object, Value> {
  private readonly field = fieldFor<Value>();

  get(key: Key): Value | undefined {
    return this.field.read(key);
  }

  set(key: Key, value: Value): void {
    this.field.write(key, value);
  }

  delete(key: Key): void {
    this.field.write(key, undefined);
  }
}
