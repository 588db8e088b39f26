/**
 * The library for programs that speak MCP, such as assistants and editors: over standard input and output, or HTTP on loopback.
 *
 * @module
 */
export { mcpFetch, serveMcpHttp } from './http.ts';
export { serveMcpStdio } from './stdio.ts';
