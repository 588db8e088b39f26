"""Stand-in for tokenizers: byte-level BPE with the settings of fovea-tiny's prepare.py (see README.md).

Merges are chosen as the library chooses them: the most frequent pair; of equal ones that of the smaller ids.
"""
import collections, heapq, json, types, unicodedata

import regex


def _record(**fields):
    return types.SimpleNamespace(**fields)


def _alphabet():
    """GPT-2's table: a printable character for each byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in plain]
    return {**{b: chr(b) for b in plain}, **{b: chr(256 + i) for i, b in enumerate(others)}}


BYTES = _alphabet()
Regex = str
models = _record(BPE=lambda: None)
normalizers = _record(Sequence=list, NFKC=lambda: {"type": "NFKC"}, Lowercase=lambda: {"type": "Lowercase"})
pre_tokenizers = _record(Sequence=list, Split=lambda pattern, behavior, invert: pattern, ByteLevel=lambda **_: None)
pre_tokenizers.ByteLevel.alphabet = lambda: sorted(BYTES.values())
decoders = _record(ByteLevel=lambda: None)
processors = _record(TemplateProcessing=lambda **settings: settings)
trainers = _record(BpeTrainer=lambda **settings: settings)


class Tokenizer:
    def __init__(s, model=None):
        s.vocab, s.merges, s.cache = {}, [], {}

    @staticmethod
    def from_file(path):
        t, j = Tokenizer(), json.load(open(path, encoding="utf8"))
        t.vocab, t.pattern = j["model"]["vocab"], j["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"]
        t._use([tuple(m.split(" ")) if isinstance(m, str) else tuple(m) for m in j["model"]["merges"]])
        return t

    def _use(s, merges):
        s.merges, s.rank, s.cache = merges, {m: i for i, m in enumerate(merges)}, {}

    def _words(s, text):
        text = unicodedata.normalize("NFKC", text).lower()
        pattern = s.pattern if hasattr(s, "pattern") else s.pre_tokenizer[0]
        for piece in regex.findall(pattern, text):
            yield "".join(BYTES[b] for b in piece.encode())

    def train_from_iterator(s, texts, trainer):
        counts = collections.Counter(w for t in texts for w in s._words(t))
        tokens = [*trainer["special_tokens"], *sorted(trainer["initial_alphabet"])]
        s.vocab = {t: i for i, t in enumerate(tokens)}
        words = [([s.vocab[c] for c in w], n) for w, n in counts.items()]
        pairs, where = collections.Counter(), collections.defaultdict(set)
        for k, (w, n) in enumerate(words):
            for p in zip(w, w[1:]):
                pairs[p] += n
                where[p].add(k)
        heap, merges = [(-n, p) for p, n in pairs.items()], []
        heapq.heapify(heap)
        while heap and len(tokens) < trainer["vocab_size"]:
            n, pair = heapq.heappop(heap)
            if -n != pairs[pair]:                    # an old entry; the pair has a newer one
                continue
            if -n < trainer["min_frequency"]:
                break
            merges.append((tokens[pair[0]], tokens[pair[1]]))
            tokens.append(tokens[pair[0]] + tokens[pair[1]])
            new = s.vocab.setdefault(tokens[-1], len(tokens) - 1)
            changed = set()
            for k in where.pop(pair):
                old, times = words[k]
                w, i = [], 0
                while i < len(old):
                    both = i + 1 < len(old) and (old[i], old[i + 1]) == pair
                    w.append(new if both else old[i])
                    i += 2 if both else 1
                for p in zip(old, old[1:]):
                    pairs[p] -= times
                    changed.add(p)
                for p in zip(w, w[1:]):
                    pairs[p] += times
                    where[p].add(k)
                    changed.add(p)
                words[k] = w, times
            pairs.pop(pair, None)
            for p in changed - {pair}:
                if pairs[p] > 0:
                    heapq.heappush(heap, (-pairs[p], p))
        s._use(merges)

    def get_vocab_size(s):
        return len(s.vocab)

    def _bpe(s, word):
        if word not in s.cache:
            w = list(word)
            while len(w) > 1:
                best = min(zip(w, w[1:]), key=lambda p: s.rank.get(p, len(s.rank)))
                if best not in s.rank:
                    break
                out, i = [], 0
                while i < len(w):
                    both = i + 1 < len(w) and (w[i], w[i + 1]) == best
                    out.append(w[i] + w[i + 1] if both else w[i])
                    i += 2 if both else 1
                w = out
            s.cache[word] = w
        return s.cache[word]

    def encode(s, text):
        tokens = ["<|startoftext|>", *(t for w in s._words(text) for t in s._bpe(w)), "<|endoftext|>"]
        return _record(tokens=tokens, ids=[s.vocab[t] for t in tokens])

    def encode_batch(s, texts):
        return [s.encode(t) for t in texts]

    def save(s, path):
        special = [t for t in s.vocab if t.startswith("<") and len(t) > 2][:3]
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
        token = lambda name: {"SpecialToken": {"id": name, "type_id": 0}}
        sequence = lambda name, i: {"Sequence": {"id": name, "type_id": i}}
        json.dump({
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [{"id": s.vocab[t], "content": t, "single_word": False, "lstrip": False, "rstrip": False,
                              "normalized": False, "special": True} for t in special],
            "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": s.pre_tokenizer[0]}, "behavior": "Removed", "invert": True}, level]},
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [token(special[1]), sequence("A", 0), token(special[2])],
                "pair": [token(special[1]), sequence("A", 0), token(special[2]), sequence("B", 0), token(special[2])],
                "special_tokens": {t: {"id": t, "ids": [s.vocab[t]], "tokens": [t]} for t in special[1:]}},
            "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      "vocab": s.vocab, "merges": [list(m) for m in s.merges]},
        }, open(path, "w", encoding="utf8"), ensure_ascii=False, indent=1)
