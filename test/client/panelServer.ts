import { Requests } from '../../client/src/requests.ts';

/** A server that answers when it is told to, in the order in which it was asked. */
export class Server {
  readonly asked: {
    readonly params: unknown;
    readonly token?: { readonly isCancellationRequested: boolean };
    readonly answer: (value: unknown) => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  /** Who hears how far requests have come, by the names of their tokens. */
  readonly hearing = new Map<string, (value: unknown) => void>();
  readonly requests = new Requests(
    // As much of a client as requests use.
    Object.assign(Object.create(null), {
      code2ProtocolConverter: { asUri: String },
      sendRequest: (_: unknown, params: unknown, token?: { readonly isCancellationRequested: boolean }) =>
        new Promise((answer, fail) => {
          this.asked.push({ params, answer, fail, ...(token && { token }) });
        }),
      onProgress: (_: unknown, name: string, hear: (value: unknown) => void) => {
        this.hearing.set(name, hear);
        return { dispose: () => this.hearing.delete(name) };
      },
    }),
  );

  get last() {
    const last = this.asked.at(-1);
    if (!last) throw new Error('nothing was asked');
    return last;
  }
}
