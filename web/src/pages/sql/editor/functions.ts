/**
 * Functions that are worth completing, with how they are called: those that one meets in questions about pictures. What
 * else PostgreSQL has and the server allows can be typed. `functions.test.ts` holds them to the server's list.
 *
 * @module
 */
export interface SqlFunction {
  readonly name: string;
  /** What stands between its parentheses. */
  readonly arguments: string;
  readonly gives: string;
}

export const FUNCTIONS: readonly SqlFunction[] = `
count(*) | number of rows
sum(n) | sum
avg(n) | mean
min(value) | smallest
max(value) | largest
stddev(n) | standard deviation
percentile_cont(0.5) | within group (order by n): the median
mode() | within group (order by value): the most frequent
string_agg(text, ', ') | texts in one
array_agg(value) | values as an array
jsonb_agg(value) | values as JSON
bool_or(condition) | whether one is true
bool_and(condition) | whether all are true
row_number() | over (order by …): place, from 1
rank() | over (order by …): place, the same for equals
lag(value) | over (order by …): of the row before
lead(value) | over (order by …): of the row after
first_value(value) | over (order by …): of the first row
abs(n) | without its sign
round(n, 2) | rounded
floor(n) | rounded down
ceil(n) | rounded up
sqrt(n) | square root
power(n, 2) | raised to
random() | in [0, 1)
width_bucket(n, 0, 1, 10) | number of the bucket
length(text) | characters
lower(text) | in small letters
upper(text) | in capitals
left(text, 10) | first characters
right(text, 10) | last characters
substring(text, 1, 10) | part, from 1
split_part(text, '.', 1) | part between separators, from 1
replace(text, 'from', 'to') | with other words
strpos(text, 'part') | place of a part, from 1; 0: none
starts_with(text, 'start') | whether it starts so
concat(a, b) | joined, nulls left out
regexp_replace(text, 'from', 'to') | with other words
regexp_match(text, 'expression') | what matched
now() | this moment
date_trunc('month', moment) | beginning of its day, month, year
date_part('year', moment) | its year, month, hour, …
age(moment) | time since
to_char(moment, 'YYYY-MM') | as a text
to_date(text, 'YYYY-MM-DD') | a day
make_date(2024, 12, 31) | a day
unnest(array) | a row an element
array_length(array, 1) | elements
cardinality(array) | elements
generate_series(1, 10) | rows of numbers or moments
jsonb_object_keys(labels) | a row a key
jsonb_each_text(labels) | a row a key, with its value
jsonb_array_elements(json) | a row an element
jsonb_typeof(json) | its kind
to_tsvector('english', text) | words of a text
websearch_to_tsquery('english', 'words') | words to look for
ts_rank(vector, query) | how well words fit
vector_dims(vector) | numbers in a vector
cosine_distance(a, b) | 1 − similarity
l2_distance(a, b) | distance of two vectors`
  .trim()
  .split('\n')
  .map((line) => {
    const [call = '', gives = ''] = line.split(' | ');
    const open = call.indexOf('(');
    return { name: call.slice(0, open), arguments: call.slice(open + 1, -1), gives };
  });
