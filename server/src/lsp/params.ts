import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import { type Params, REQUESTS, type RequestName, readParams } from '../services/preview/requests.ts';

/**
 * Reads the parameters of one of moeplan's own requests. Parameters that are missing or of another type end it with
 * `InvalidParams`.
 */
export function paramsOf<Name extends RequestName>(method: Name, value: unknown): Params<Name> {
  return readParams(method, REQUESTS[method], value, invalid);
}

/** The error that ends a request with wrong parameters. */
export function invalid(reason: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidParams, reason);
}

/** A command that the editor has named; undefined if the value is none. */
export function commandOf(value: unknown): { readonly command: string; readonly arguments?: unknown[] } | undefined {
  const [command, given] = [fieldOf(value, 'command'), fieldOf(value, 'arguments')];
  if (typeof command !== 'string') return undefined;
  return { command, ...(Array.isArray(given) && { arguments: given }) };
}

/** A field of a value of any type; undefined if the value is no object or does not have it. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
