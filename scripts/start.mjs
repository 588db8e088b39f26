#!/usr/bin/env node
/** `npm start`: installs what is missing, builds what changed, then is the server; arguments after `--` are the server's. */
import { build, install } from './prepare.mjs';

install();
build();
const program = new URL('../dist/cli/main.js', import.meta.url);
process.argv.splice(1, 1, program.pathname, 'server');
await import(program.href);
