/**
 * Makes SQL statements by a grammar: roughly typed, so that many run, with hostile pieces in every place where an
 * expression, a relation or a name may stand.
 *
 *     statement   select | command | bomb | two statements | a mutation of one of these
 *     select      [with …] select … from … where … group … window … order … limit …  [union …] [for update] [into]
 *     relation    view | CTE | sub-select | function | join | values | catalog | other namespace | tablesample
 *     expression  column | literal | call | operator | cast | case | sub-select | array | hostile piece
 *
 * @module
 */
import { FUNCTIONS, OPERATORS, TYPES } from '../../src/store/door/allowed.ts';
import { identifier } from '../../src/store/database.ts';
import type { Random } from './random.ts';
import { BOMBS, DEAF_BOMBS, HOSTILE_COMMANDS, HOSTILE_EXPRESSIONS } from './sql-hostile.ts';
import { nearness, TEXTS, vector } from './sql-meaning.ts';
import { mutate } from './sql-mutate.ts';
import type { World } from './sql-world.ts';

/** A statement and the values of its parameters. */
export interface Attack {
  readonly kind: 'select' | 'command' | 'bomb' | 'deaf bomb' | 'several' | 'mutant';
  readonly query: string;
  readonly params: readonly unknown[];
}

export interface AttackOptions {
  /** Share of statements that would run for ever. */
  readonly bombs: number;
  /** Share of those that can't be cancelled. */
  readonly deafBombs: number;
}

type Kind = 'number' | 'text' | 'boolean' | 'any';

const allowed = { functions: [...FUNCTIONS], operators: [...OPERATORS], types: [...TYPES] };

/** The next statement of this sequence of numbers. */
export function makeAttack(random: Random, world: World, { bombs, deafBombs }: AttackOptions): Attack {
  const roll = random.next();
  if (roll < bombs) return { kind: 'bomb', query: random.pick(BOMBS), params: [] };
  if (roll < bombs + deafBombs) return { kind: 'deaf bomb', query: random.pick(DEAF_BOMBS), params: [] };
  const grammar = new Grammar(random, world, random.pick([0, 0.1, 0.4, 1]));
  const kind = random.next();
  if (kind < 0.1) return grammar.finish('command', grammar.command());
  if (kind < 0.15) return grammar.finish('several', `${grammar.select(1)};${grammar.space()}${grammar.command()}`);
  if (kind < 0.3) return grammar.finish('mutant', grammar.mutate(grammar.select(2)));
  return grammar.finish('select', grammar.select(random.int(1, 3)));
}

/** Every hostile expression alone, several times where numbers are filled in, and every hostile command. */
export function plainAttacks(random: Random, world: World): Attack[] {
  const grammar = new Grammar(random, world, 0);
  const expressions = HOSTILE_EXPRESSIONS.flatMap((text) =>
    random.times(text.includes('«oid»') ? 5 : 1, () =>
      grammar.finish('select', `select ${grammar.fill(text)} from content c`),
    ),
  );
  return [...expressions, ...HOSTILE_COMMANDS.map((text) => grammar.finish('command', grammar.fill(text)))];
}

class Grammar {
  readonly #random: Random;
  readonly #world: World;
  /** 0: only what may run; 1: anything anywhere. */
  readonly #wild: number;
  #ctes: string[] = [];
  /** What `c` is in the present SELECT. */
  #view: string;

  constructor(random: Random, world: World, wild: number) {
    this.#random = random;
    this.#world = world;
    this.#wild = wild;
    this.#view = random.pick(world.views);
  }

  finish(kind: Attack['kind'], query: string): Attack {
    const largest = Math.max(0, ...[...query.matchAll(/\$(\d{1,2})\b/g)].map(([, digits]) => Number(digits)));
    const values: unknown[] = [1, 'a', null, true, this.#world.other, this.#world.oids[0] ?? 1, [1, 2], { a: 1 }];
    return { kind, query, params: this.#random.times(Math.min(largest, 9), () => this.#random.pick(values)) };
  }

  command(): string {
    return this.fill(this.#random.pick(HOSTILE_COMMANDS));
  }

  /** What may stand between words. */
  space(): string {
    return this.#random.pick([' ', ' ', ' ', '\n', '\t', '/**/', '/* ; */', '--x\n', '\f']);
  }

  select(depth: number): string {
    const { outer, text: with_ } = this.#with(depth);
    const around = this.#view;
    this.#view = this.#random.pick(this.#world.views);
    let query = `${with_}select ${this.#distinct()}${this.#targets(depth)}${this.#from(depth)}${this.#clauses(depth)}`;
    if (this.#maybe(0.08))
      query += ` ${this.#one('union', 'union all', 'intersect', 'except')} ${this.select(depth - 1)}`;
    if (this.#odd(0.05)) query += ` for ${this.#one('update', 'share', 'no key update', 'key share')}`;
    this.#ctes = outer;
    this.#view = around;
    return query;
  }

  mutate(query: string): string {
    return mutate(this.#random, query, [() => this.#hostile(), () => this.#relationName()]);
  }

  #with(depth: number): { outer: string[]; text: string } {
    const outer = [...this.#ctes];
    if (depth <= 0 || !this.#maybe(0.15)) return { outer, text: '' };
    const recursive = this.#maybe(0.3);
    const parts = this.#random.times(this.#random.int(1, 2), () => {
      const name = this.#odd(0.5) ? this.#one('content', 'pg_class', 'secret') : this.#one('a', 'b', 'x y');
      const body = this.#odd(0.15) ? this.command() : this.select(depth - 1);
      const materialized = this.#one('', '', 'materialized ', 'not materialized ');
      this.#ctes.push(name);
      return `${this.#quoted(name)} as ${materialized}(${body})`;
    });
    return { outer, text: `with ${recursive ? 'recursive ' : ''}${parts.join(', ')} ` };
  }

  #distinct(): string {
    if (this.#maybe(0.9)) return '';
    return this.#maybe(0.5) ? 'distinct ' : `distinct on (${this.#expression('any', 1)}) `;
  }

  #targets(depth: number): string {
    if (this.#maybe(0.15)) return this.#one('*', 'c.*', 'count(*)', '*, 1');
    return this.#random
      .times(this.#random.int(1, 3), () => {
        const alias = this.#maybe(0.2)
          ? ` as ${this.#quoted(this.#one('a', 'fovea', '__proto__', 'constructor', 'ä'))}`
          : '';
        return `${this.#expression('any', depth)}${alias}`;
      })
      .join(', ');
  }

  #from(depth: number): string {
    if (this.#odd(0.1)) return '';
    const first = this.#relation(depth, 'c');
    if (!this.#maybe(0.25)) return ` from ${first}`;
    const second = this.#relation(depth - 1, 'd');
    return this.#maybe(0.5)
      ? ` from ${first}, ${second}`
      : ` from ${first} ${this.#one('join', 'left join', 'full join', 'cross join', 'natural join')} ${second}${this.#one('', ` on ${this.#expression('boolean', 1)}`, ' on true', ' using (content_id)')}`;
  }

  #clauses(depth: number): string {
    const clause = (share: number, make: () => string): string => (this.#maybe(share) ? ` ${make()}` : '');
    const odd = (share: number, make: () => string): string => (this.#odd(share) ? ` ${make()}` : '');
    return [
      clause(0.4, () => `where ${this.#expression('boolean', depth)}`),
      odd(0.3, () => `group by ${this.#one(this.#expression('any', 1), '1', 'grouping sets ((1), ())', 'c.name')}`),
      odd(0.1, () => `having ${this.#expression('boolean', 1)}`),
      clause(0.04, () => `window w as (${this.#one('', `partition by ${this.#column('any')}`, 'order by 1')})`),
      clause(0.2, () => `order by ${this.#column('number')}${this.#one('', ' desc', ' nulls first', ' using <')}`),
      odd(0.2, () => `order by ${this.#expression('any', 1)} using ~<~`),
      clause(0.1, () => `order by ${this.#one(this.#nearness(1), '1', '2', 'a')} desc`),
      clause(0.2, () => this.#one('limit 3', 'offset 1', 'limit all', 'limit 1 + 1')),
      odd(0.1, () => this.#one('fetch first row with ties', `limit ${this.#expression('number', 1)}`)),
    ].join('');
  }

  #relation(depth: number, alias: string): string {
    const as = ` as ${alias}`;
    const roll = this.#random.next();
    if (roll < 0.65 || depth <= 0) return `${this.#viewName()}${this.#sample()}${as}`;
    if (this.#odd(0.5)) return `${this.#relationName()}${as}`;
    if (roll < 0.75 && this.#ctes.length > 0) return `${this.#quoted(this.#random.pick(this.#ctes))}${as}`;
    if (roll < 0.8) return `${this.#one('', 'lateral ')}(${this.select(depth - 1)})${as}`;
    if (roll < 0.84) return `(values (${this.#expression('any', 1)}), (${this.#expression('any', 1)}))${as}(a)`;
    if (roll < 0.88)
      return `jsonb_to_record('{"a": "${this.#random.pick(this.#world.oids)}"}')${as}(a ${this.#type()})`;
    if (roll < 0.92)
      return `rows from (${this.#odd(0.5) ? this.#call('any', 1) : 'generate_series(1, 2)'}, generate_series(1, 3))${as}`;
    return `${this.#odd(0.5) ? this.#hostile() : `generate_series(1, ${this.#random.int(1, 9)})`}${as}`;
  }

  #sample(): string {
    return this.#maybe(0.03)
      ? ` tablesample ${this.#one('bernoulli', 'system', 'pg_catalog.bernoulli', 'mine')} (${this.#expression('number', 0)})`
      : '';
  }

  #expression(kind: Kind, depth: number): string {
    if (this.#odd(0.1)) return this.#hostile();
    if (depth <= 0) return this.#maybe(0.5) ? this.#column(kind) : this.#literal(kind);
    const make = this.#random.pick([
      () => this.#column(kind),
      () => this.#column(kind),
      () => this.#literal(kind),
      () => this.#call(kind, depth - 1),
      () => this.#call(kind, depth - 1),
      () => this.#operation(kind, depth - 1),
      () => this.#operation(kind, depth - 1),
      () => this.#cast(kind, depth - 1),
      () => this.#choice(kind, depth - 1),
      () => this.#subselect(kind, depth - 1),
      () => this.#structure(depth - 1),
    ]);
    return make();
  }

  #column(kind: Kind): string {
    const { text, number, other } = this.#world.columns[this.#view] ?? { text: [], number: [], other: [] };
    const of: Record<Kind, readonly string[]> = { text, number, boolean: text, any: [...text, ...number, ...other] };
    const name = of[kind].length === 0 ? 'content_id' : this.#random.pick(of[kind]);
    if (this.#odd(0.1))
      return this.#one('c', 'content', `c.${this.#random.pick(this.#world.functions)}`, 'd.a', this.#quoted(name));
    const column = this.#one(`c.${name}`, `c.${name}`, `(c).${name}`);
    return kind === 'boolean' ? `${column} is not null` : column;
  }

  #literal(kind: Kind): string {
    const oid = String(this.#random.pick(this.#world.oids));
    const number = this.#one('0', '1', '2', '2.5', '7', this.#odd(0.7) ? oid : '3', this.#odd(0.5) ? '1e300' : '4');
    const text = this.#odd(0.5)
      ? this.#one(`'${oid}'`, `'${this.#world.other}._content'`, "E'\\n'", '$$q$$', "U&'\\0061'")
      : this.#one("'a'", "''", "'%'", "'dog'", "'{}'", "'2024-01-01'");
    switch (kind) {
      case 'number':
        return number;
      case 'text':
        return text;
      case 'boolean':
        return this.#one('true', 'false', 'null');
      case 'any':
        return this.#one(number, text, 'true', this.#odd(0.9) ? '$1' : 'null', 'current_date', "interval '1 day'");
    }
  }

  #call(kind: Kind, depth: number): string {
    if (!this.#odd(0.8) && this.#maybe(0.8)) return this.#usualCall(kind, depth);
    const name = this.#odd(0.4) ? this.#random.pick(this.#world.functions) : this.#random.pick(allowed.functions);
    const argument = (): string => this.#expression(this.#one('text', 'number', 'any', kind), depth);
    const args = this.#random.times(this.#random.int(0, 3), argument);
    if (this.#odd(0.1)) args.push(`variadic array[${argument()}]`);
    if (this.#odd(0.05)) args.push(`a => ${argument()}`);
    const prefix = this.#odd(0.1) ? 'distinct ' : '';
    const order = this.#odd(0.1) ? ` order by ${argument()}` : '';
    const suffix = this.#odd(0.15)
      ? this.#one(
          ` filter (where ${this.#expression('boolean', 0)})`,
          ' over ()',
          ` over (order by ${argument()})`,
          ` within group (order by ${argument()})`,
        )
      : '';
    return `${this.#functionName(name)}(${prefix}${args.join(', ')}${order})${suffix}`;
  }

  /** Calls that run. */
  #usualCall(kind: Kind, depth: number): string {
    const text = this.#expression('text', depth);
    const number = this.#expression('number', depth);
    switch (kind) {
      case 'number':
        return this.#one(
          `length((${text})::text)`,
          `abs(${number})`,
          `strpos(${text}::text, 'a')`,
          this.#nearness(depth - 1),
        );
      case 'text':
        return this.#one(
          `upper((${text})::text)`,
          `md5((${text})::text)`,
          `format('%s', ${text})`,
          `substr((${text})::text, 2)`,
        );
      case 'boolean':
        return this.#one(`starts_with((${text})::text, 'd')`, `jsonb_path_exists('{}', '$.a')`);
      case 'any':
        return this.#one(
          'now()',
          `to_jsonb(${text})`,
          'row_number() over ()',
          this.#vector(depth - 1),
          `jsonb_build_object('a', ${number})`,
          `pg_typeof(${text})::text`,
          `to_tsvector('simple', (${text})::text)`,
          `string_to_array((${text})::text, 'a')`,
        );
    }
  }

  #nearness(depth: number): string {
    return nearness(this.#random, this.#vector(depth), this.#vector(depth));
  }

  #vector(depth: number): string {
    return vector(this.#random, {
      name: this.#odd(0.3) ? this.#hostile() : `'${this.#random.pick([...this.#world.indexes, 'x'])}'`,
      text: this.#odd(0.4) ? this.#expression('text', depth) : this.#random.pick(TEXTS),
      space: this.space(),
      hasEmbedding: this.#view.includes('.clip'),
    });
  }

  #functionName(name: string): string {
    const { other, schema } = this.#world;
    if (this.#maybe(0.85)) return name;
    return this.#one(
      `pg_catalog.${name}`,
      `public.${name}`,
      `${other}.${name}`,
      `${schema}.${name}`,
      this.#quoted(name),
      name.toUpperCase(),
    );
  }

  #operation(kind: Kind, depth: number): string {
    const operator = (...known: string[]): string => {
      if (!this.#odd(0.3)) return this.#random.pick(known);
      if (this.#maybe(0.3))
        return `operator(${this.#one('pg_catalog', 'public', this.#world.other)}.${this.#random.pick(known)})`;
      return this.#random.pick(this.#maybe(0.5) ? allowed.operators : this.#world.operators);
    };
    const of = (wanted: Kind): string => this.#expression(wanted, depth);
    switch (kind) {
      case 'number':
        return `(${of('number')} ${operator('+', '-', '*')} ${of('number')})`;
      case 'text':
        return `(${of('text')} ${operator('||')} ${of('text')})`;
      case 'boolean':
        return this.#one(
          `${of('number')} ${operator('=', '<', '>=', '<>')} ${of('number')}`,
          `${of('text')} ${operator('=', '~', '~~', '!~*')} ${of('text')}`,
          `not (${of('boolean')})`,
          `(${of('boolean')} and ${of('boolean')} or ${of('boolean')})`,
          `${of('any')} is ${this.#one('null', 'not null', 'distinct from null', 'document', 'json', 'true')}`,
          `${of('text')} ${this.#one('like', 'ilike', 'similar to')} ${of('text')}`,
          `${of('number')} between ${of('number')} and ${of('number')}`,
        );
      case 'any':
        if (this.#odd(0.3)) return `now() at time zone ${of('text')}`;
        if (this.#view === 'content') return `c.labels ${operator('->', '->>', '#>')} ${this.#one("'a'", "'{a,b}'")}`;
        if (this.#view.includes('.clip'))
          return `c.embedding ${operator('<=>', '<->')} ${this.#one('$1', "'[1,2,3]'")}`;
        return `'[1,2,3]'::vector ${operator('<=>', '<->', '<#>', '<+>')} '[${this.#random.int(0, 9)},1,1]'`;
    }
  }

  #cast(kind: Kind, depth: number): string {
    const inner = this.#expression('any', depth);
    const usual = { number: 'int8', text: 'text', boolean: 'bool', any: 'text' }[kind];
    const type = this.#odd(0.8) ? this.#type() : usual;
    return this.#one(
      `(${inner})::${type}`,
      `cast(${inner} as ${type})`,
      this.#odd(0.9) ? `${type} '${this.#random.pick(this.#world.oids)}'` : `(${inner})::text`,
    );
  }

  #type(): string {
    const name = this.#maybe(0.5) ? this.#random.pick(allowed.types) : this.#random.pick(this.#world.types);
    return name + this.#one('', '', '', '', '[]', '(3)', '(10000000)', '[][]', '%type');
  }

  #choice(kind: Kind, depth: number): string {
    const of = (): string => this.#expression(kind, depth);
    return this.#one(
      `case when ${this.#expression('boolean', depth)} then ${of()} else ${of()} end`,
      `case ${of()} when ${of()} then ${of()} end`,
      `coalesce(${of()}, ${of()})`,
      `nullif(${of()}, ${of()})`,
      `${this.#one('greatest', 'least')}(${of()}, ${of()})`,
      `((${of()})::text collate ${this.#odd(0.5) ? `${this.#world.other}.mine` : '"C"'})`,
    );
  }

  #subselect(kind: Kind, depth: number): string {
    const inner = this.select(depth);
    if (kind === 'boolean')
      return this.#one(`exists (${inner})`, `1 in (${inner})`, `1 = any (${inner})`, `1 < all (${inner})`);
    return this.#one(
      `(${inner})`,
      `array(${inner})::text`,
      `(select max(${this.#column(kind)}) from ${this.#viewName()} c)`,
    );
  }

  #structure(depth: number): string {
    const of = (): string => this.#expression('any', depth);
    return this.#one(
      `array[${of()}, ${of()}]`,
      `row(${of()}, ${of()})`,
      `(array[${of()}])[${this.#expression('number', 0)}]`,
      `(array[${of()}])[1:2]`,
      `row_to_json(c)`,
      `to_jsonb(c)`,
      `(c).name`,
      `extract(${this.#one('year', 'epoch', "'x'")} from ${of()})`,
      `json_build_object('a', ${of()})`,
      `grouping(${of()})`,
    );
  }

  #hostile(): string {
    return this.fill(this.#random.pick(HOSTILE_EXPRESSIONS));
  }

  #viewName(): string {
    const name = this.#view;
    const { schema } = this.#world;
    if (this.#odd(0.3)) return this.#one(this.#quoted(name), name, `public.${this.#quoted(name)}`);
    return this.#one(identifier(name), `public.${identifier(name)}`, `${schema}.${identifier(name)}`);
  }

  #relationName(): string {
    const name = this.#random.pick(this.#world.relations);
    const [, schema = '', table = ''] = /^(.*?)\.(.*)$/.exec(name) ?? [];
    return this.#one(
      name,
      table,
      `${this.#quoted(schema)}.${this.#quoted(table)}`,
      `postgres.${name}`,
      `only ${name}`,
      `${name} *`,
    );
  }

  /** A name in one of the ways in which names can be written. */
  #quoted(name: string): string {
    const escaped = [...name]
      .map((character) =>
        this.#maybe(0.3) ? `\\${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}` : character,
      )
      .join('');
    return this.#one(
      identifier(name),
      name.toUpperCase(),
      identifier(name.toUpperCase()),
      `U&"${escaped.replaceAll('"', '""')}"`,
      ` ${name}${this.space()}`,
    );
  }

  /** Puts the world's names in the places of a hostile piece. */
  fill(template: string): string {
    const { other, file, write, oids } = this.#world;
    return template
      .replaceAll('«other»', this.#maybe(0.8) ? other : this.#quoted(other))
      .replaceAll('«file»', file)
      .replaceAll('«write»', write)
      .replaceAll('«oid»', () => String(this.#random.pick(oids)));
  }

  #one<T extends string>(...values: T[]): T {
    return this.#random.pick(values);
  }

  /** Something that makes the statement fail, or be an attack, as often as it is wild. */
  #odd(probability: number): boolean {
    return this.#random.chance(probability * this.#wild);
  }

  #maybe(probability: number): boolean {
    return this.#random.chance(probability);
  }
}
