/**
 * PostgreSQL as the server lets it through. The package's own list of key words has all of PostgreSQL's, among them
 * `name` and `content`, which are columns and tables here.
 *
 * @module
 */
import { PostgreSQL, SQLDialect } from '@codemirror/lang-sql';

/** Those of a SELECT. */
export const KEYWORDS =
  'select from where group by order having limit offset join left inner using on as and or not in is null between like ilike distinct case when then else end with union all exists asc desc nulls last first over partition filter cross lateral interval cast true false any values';

/** Beside them: rarer ones, and those that begin what is refused. */
const OTHERS =
  'right full outer natural intersect except recursive materialized within rows range preceding following unbounded current row array some similar to escape collate at time zone fetch next only window tablesample grouping sets rollup cube ordinality insert into update set delete create drop alter table view';

const TYPES =
  'smallint integer bigint real double precision numeric text varchar boolean uuid json jsonb date timestamp timestamptz bytea vector halfvec tsvector tsquery int int4 int8 float4 float8 bool';

export const dialect = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${KEYWORDS} ${OTHERS}`,
  builtin: '',
  types: TYPES,
});
