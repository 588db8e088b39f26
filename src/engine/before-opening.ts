/**
 * What is asked of the engine before one is opened, by commands that often need no more. It loads little: all of the
 * engine takes most of the time of a short command.
 *
 * @module
 */
export { HomeInUseError, readHomeOwner as findHomeOwner } from '../store/home-lock.ts';
export { VERSION } from './version.ts';
