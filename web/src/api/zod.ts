/**
 * The page's content security policy allows no code from texts, so schemas are not compiled. Imported before any schema
 * is used.
 *
 * @module
 */
import { z } from 'zod';

z.config({ jitless: true });
