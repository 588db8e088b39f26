/**
 * What user SQL may be made of: allow-lists as data. What is in no list is refused, so a new PostgreSQL can't widen the door.
 *
 * Names are PostgreSQL's own (`int4` for `integer`, `btrim` for `trim(both …)`), as its parser writes them.
 * Left out on purpose: whatever runs SQL given as text (`query_to_xml`, `ts_stat`, `ts_rewrite` with a text), changes the
 * session (`set_config`, `setseed`), waits or locks (`pg_sleep`, advisory locks), can't be ended in time (`normalize` looks at
 * no flag and takes seconds for a text of 30 MB), touches files or large objects, reads
 * catalogs (`reg…` types, `pg_get_…def`), tells about the server (`version`, `current_user`, `inet_server_addr`), all of XML,
 * and what PostgreSQL 15 lacks (SQL/JSON constructors and `json_table`), since a query must run on both databases.
 *
 * @module
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Kinds of syntax-tree nodes. */
export const NODES: ReadonlySet<string> = words(`
  SelectStmt ResTarget ColumnRef A_Star A_Const A_Expr A_ArrayExpr A_Indices A_Indirection BoolExpr NullTest BooleanTest
  CaseExpr CaseWhen CoalesceExpr MinMaxExpr FuncCall NamedArgExpr TypeCast TypeName CollateClause SubLink RowExpr
  GroupingFunc GroupingSet ParamRef SQLValueFunction RangeVar RangeSubselect RangeFunction RangeTableSample JoinExpr Alias
  ColumnDef SortBy WindowDef WithClause CommonTableExpr CTESearchClause CTECycleClause List String Integer Float Boolean
  BitString`);

/** Fields that hold a node without naming its kind, and the kind. */
export const UNTAGGED: ReadonlyMap<string, string> = new Map([
  ['alias', 'Alias'],
  ['collClause', 'CollateClause'],
  ['cycle_clause', 'CTECycleClause'],
  ['join_using_alias', 'Alias'],
  ['larg', 'SelectStmt'],
  ['over', 'WindowDef'],
  ['rarg', 'SelectStmt'],
  ['search_clause', 'CTESearchClause'],
  ['typeName', 'TypeName'],
  ['withClause', 'WithClause'],
]);

/** Schemas that functions, types and operators may be qualified with; pgvector lives in `public`. */
export const LIBRARY_SCHEMAS: ReadonlySet<string> = words('pg_catalog public');

/** Functions, in all their overloads. */
export const FUNCTIONS: ReadonlySet<string> = words(`
  count sum avg min max stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp
  regr_slope regr_intercept regr_r2 regr_count regr_avgx regr_avgy bool_and bool_or every bit_and bit_or
  percentile_cont percentile_disc mode string_agg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value

  abs ceil ceiling floor round trunc sign mod div gcd lcm sqrt cbrt exp ln log log10 power pow pi random width_bucket
  sin cos tan asin acos atan atan2 sind cosd tand asind acosd atand atan2d degrees radians

  length char_length character_length octet_length bit_length bit_count lower upper initcap reverse substring substr left
  right btrim ltrim rtrim trim replace translate overlay position strpos starts_with split_part string_to_array
  string_to_table array_to_string concat concat_ws format ascii chr to_hex md5 sha256 encode decode quote_ident quote_literal quote_nullable regexp_replace regexp_match regexp_matches regexp_count
  regexp_instr regexp_like regexp_substr regexp_split_to_array regexp_split_to_table like_escape similar_to_escape
  repeat lpad rpad

  now clock_timestamp statement_timestamp transaction_timestamp age date_part date_trunc date_bin extract timezone
  isfinite justify_days justify_hours justify_interval make_date make_time make_timestamp make_timestamptz make_interval
  to_char to_date to_number to_timestamp overlaps date text isempty lower_inc upper_inc daterange tsrange tstzrange
  int4range int8range numrange range_merge

  unnest array_length array_lower array_upper array_ndims array_dims cardinality array_position array_positions
  array_remove array_replace array_append array_prepend array_cat trim_array generate_series generate_subscripts

  to_json to_jsonb row_to_json array_to_json json_build_object json_build_array jsonb_build_object jsonb_build_array
  json_each json_each_text jsonb_each jsonb_each_text json_array_elements json_array_elements_text
  jsonb_array_elements jsonb_array_elements_text json_object_keys jsonb_object_keys json_array_length
  jsonb_array_length json_typeof jsonb_typeof json_extract_path json_extract_path_text jsonb_extract_path
  jsonb_extract_path_text jsonb_set jsonb_insert jsonb_pretty jsonb_strip_nulls json_strip_nulls
  json_to_record json_to_recordset jsonb_to_record jsonb_to_recordset
  jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first

  to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline ts_delete
  ts_filter setweight strip numnode querytree tsquery_phrase tsvector_to_array array_to_tsvector

  cosine_distance l1_distance l2_distance inner_product l2_norm l2_normalize vector_dims vector_norm subvector
  binary_quantize hamming_distance jaccard_distance

  num_nulls num_nonnulls pg_typeof gen_random_uuid point box area center height width`);

/** Functions that make texts as long as one argument says: function → the argument's index. It must be a literal. */
export const SIZED_FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ['repeat', 1],
  ['lpad', 1],
  ['rpad', 1],
]);

/** Longest text that a function of `SIZED_FUNCTIONS` may be asked for, in characters (for `repeat`: repetitions). */
export const MAX_SIZED = 10_000;

/**
 * Functions whose first argument may name a text-search configuration, and the number of arguments from which on it does.
 * PostgreSQL looks that name up in any schema and tells by its error whether there is such a schema: it must be a plain
 * name. `ts_headline` of three arguments may as well start with the text.
 */
export const CONFIGURED_FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ['to_tsvector', 2],
  ['to_tsquery', 2],
  ['plainto_tsquery', 2],
  ['phraseto_tsquery', 2],
  ['websearch_to_tsquery', 2],
  ['ts_headline', 3],
]);

/**
 * Functions whose result must be cast to text at once, being of a type that is a name in the catalog: beside it, a number
 * becomes the name of any type in the database, those of other namespaces' tables among them.
 */
export const NAMING_FUNCTIONS: ReadonlySet<string> = words('pg_typeof');

/** Types of casts and of `as t(column type)`. */
export const TYPES: ReadonlySet<string> = words(`
  int2 int4 int8 float4 float8 numeric bool text varchar bpchar uuid bytea json jsonb jsonpath
  date time timetz timestamp timestamptz interval daterange tsrange tstzrange int4range int8range numrange
  bit varbit tsvector tsquery vector halfvec sparsevec point box`);

/** Types that take an array of a request as JSON text: `[0.1,0.2]`. */
export const JSON_TYPES: ReadonlySet<string> = words('vector halfvec json jsonb');

/** Largest modifier of a type, e.g. of `varchar(n)`, `vector(n)`; padding types make values of this size. */
export const MAX_TYPE_MODIFIER = 32_767;

/** pgvector's distances: L2, inner product, cosine, L1. */
export const VECTOR_OPERATORS: ReadonlySet<string> = words('<-> <#> <=> <+>');

export const OPERATORS: ReadonlySet<string> = new Set([
  ...VECTOR_OPERATORS,
  ...words(`
    = <> != < > <= >= + - * / % ^ |/ ||/ @ || & | # << >> ~ ~~ !~~ ~~* !~~* ~* !~ !~* ^@
    -> ->> #> #>> #- @> <@ ? ?| ?& @? @@ && !! &< &> -|- <~> <%>`),
]);

/** Kinds of `A_Expr` whose name is no operator. */
export const KEYWORD_EXPRESSIONS: ReadonlySet<string> = words(
  'AEXPR_BETWEEN AEXPR_NOT_BETWEEN AEXPR_BETWEEN_SYM AEXPR_NOT_BETWEEN_SYM',
);

export const OPERATOR_EXPRESSIONS: ReadonlySet<string> = words(`
  AEXPR_OP AEXPR_OP_ANY AEXPR_OP_ALL AEXPR_DISTINCT AEXPR_NOT_DISTINCT AEXPR_NULLIF AEXPR_IN AEXPR_LIKE AEXPR_ILIKE
  AEXPR_SIMILAR`);

/** `current_date` and its kin; not `current_user`, `current_schema`, `current_catalog`. */
export const VALUE_KEYWORDS: ReadonlySet<string> = words(`
  SVFOP_CURRENT_DATE SVFOP_CURRENT_TIME SVFOP_CURRENT_TIME_N SVFOP_CURRENT_TIMESTAMP SVFOP_CURRENT_TIMESTAMP_N
  SVFOP_LOCALTIME SVFOP_LOCALTIME_N SVFOP_LOCALTIMESTAMP SVFOP_LOCALTIMESTAMP_N`);

export const SAMPLE_METHODS: ReadonlySet<string> = words('bernoulli system');

/** What a refused node is called by people. */
export const NODE_WORDS: ReadonlyMap<string, string> = new Map([
  ['AlterRoleSetStmt', 'ALTER ROLE'],
  ['AlterRoleStmt', 'ALTER ROLE'],
  ['AlterSystemStmt', 'ALTER SYSTEM'],
  ['AlterTableStmt', 'ALTER TABLE'],
  ['CallStmt', 'CALL'],
  ['CopyStmt', 'COPY'],
  ['CreateExtensionStmt', 'CREATE EXTENSION'],
  ['CreateFunctionStmt', 'CREATE FUNCTION'],
  ['CreateRoleStmt', 'CREATE ROLE'],
  ['CreateStmt', 'CREATE TABLE'],
  ['CreateTableAsStmt', 'CREATE TABLE AS'],
  ['DeclareCursorStmt', 'DECLARE CURSOR'],
  ['DeleteStmt', 'DELETE'],
  ['DoStmt', 'DO'],
  ['DropStmt', 'DROP'],
  ['ExecuteStmt', 'EXECUTE'],
  ['ExplainStmt', 'EXPLAIN'],
  ['GrantStmt', 'GRANT or REVOKE'],
  ['InsertStmt', 'INSERT'],
  ['IntoClause', 'SELECT INTO'],
  ['ListenStmt', 'LISTEN'],
  ['LoadStmt', 'LOAD'],
  ['LockStmt', 'LOCK'],
  ['LockingClause', 'FOR UPDATE or FOR SHARE'],
  ['MergeStmt', 'MERGE'],
  ['NotifyStmt', 'NOTIFY'],
  ['PrepareStmt', 'PREPARE'],
  ['RangeTableFunc', 'XMLTABLE'],
  ['SetToDefault', 'DEFAULT'],
  ['TransactionStmt', 'BEGIN, COMMIT or ROLLBACK'],
  ['TruncateStmt', 'TRUNCATE'],
  ['UpdateStmt', 'UPDATE'],
  ['VacuumStmt', 'VACUUM'],
  ['VariableSetStmt', 'SET or RESET'],
  ['VariableShowStmt', 'SHOW'],
  ['XmlExpr', 'XML'],
  ['XmlSerialize', 'XML'],
]);
