import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import { type Params, REQUESTS, type RequestName, readParams } from '../services/preview/requests.ts';

/** Reads the parameters of a request of our own. What is missing or of another kind ends it with `InvalidParams`. */
export function paramsOf<Name extends RequestName>(method: Name, value: unknown): Params<Name> {
  return readParams(method, REQUESTS[method], value, invalid);
}

/** What ends a request whose parameters are not what it asks for. */
export function invalid(reason: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidParams, reason);
}

/** A command of the editor as it tells of it; nothing for what is none. */
export function commandOf(value: unknown): { readonly command: string; readonly arguments?: unknown[] } | undefined {
  const [command, given] = [fieldOf(value, 'command'), fieldOf(value, 'arguments')];
  if (typeof command !== 'string') return undefined;
  return { command, ...(Array.isArray(given) && { arguments: given }) };
}

/** A field of any value at all; nothing where the value is no object or lacks it. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
