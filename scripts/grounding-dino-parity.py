#!/usr/bin/env python3
"""Writes src/models/fixtures/grounding-dino-parity.json: what the reference makes of tokens and scores of Grounding DINO.

Run from the repository's root, with transformers and torch:

    python3 scripts/grounding-dino-parity.py

No weights are needed: the vocabulary is the one below, scores and boxes are made by a formula and written down with what
`post_process_grounded_object_detection` makes of them.
"""
import json
import tempfile
import torch
import transformers
from transformers import BertTokenizerFast, GroundingDinoProcessor
from transformers.models.grounding_dino.processing_grounding_dino import get_phrases_from_posmap
from transformers.models.grounding_dino.modeling_grounding_dino import GroundingDinoObjectDetectionOutput

VOCABULARY = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '.', 'red', 'back', '##pack', 'dog', 't', '-', 'shirt', 'blouse']
PROMPT = 'Red backpack. dog. T-shirt. blouse.'
QUERIES, POSITIONS = 24, 16
BOX_THRESHOLD, TEXT_THRESHOLD = 0.35, 0.25
HEIGHT, WIDTH = 120, 200

with tempfile.NamedTemporaryFile('w', suffix='.txt') as vocabulary:
    vocabulary.write('\n'.join(VOCABULARY))
    vocabulary.flush()
    tokenizer = BertTokenizerFast(vocab_file=vocabulary.name, vocab=vocabulary.name, do_lower_case=True)
tokens = tokenizer(PROMPT.lower(), return_tensors='pt').input_ids

state = 20231
def number():
    """Lehmer's generator, from 0 to 1."""
    global state
    state = state * 48271 % 2147483647
    return round(state / 2147483647, 4)

special = {tokenizer.convert_tokens_to_ids(token) for token in ('[CLS]', '[SEP]', '.')}
logits = [[-30.0 if at >= tokens.shape[1] else round(number() * 9 - (9.5 if tokens[0, at].item() in special else 8), 4)
           for at in range(POSITIONS)] for _ in range(QUERIES)]
# One that answers to nothing but a full stop.
logits[5] = [2.0 if at == 4 else -30.0 for at in range(POSITIONS)]
boxes = [[number(), number(), round(number() / 2, 4), round(number() / 2, 4)] for _ in range(QUERIES)]

# What it is asked for here needs no pictures.
processor = GroundingDinoProcessor.__new__(GroundingDinoProcessor)
processor.tokenizer = tokenizer
[result] = processor.post_process_grounded_object_detection(
    GroundingDinoObjectDetectionOutput(logits=torch.tensor([logits]), pred_boxes=torch.tensor([boxes])),
    tokens, threshold=BOX_THRESHOLD, text_threshold=TEXT_THRESHOLD, target_sizes=[(HEIGHT, WIDTH)])

probabilities = torch.sigmoid(torch.tensor(logits))
kept = probabilities[probabilities.max(dim=-1).values > BOX_THRESHOLD]
answered = get_phrases_from_posmap(kept > TEXT_THRESHOLD, tokens[0])

with open('src/models/fixtures/grounding-dino-parity.json', 'w') as file:
    json.dump({
        'transformers': transformers.__version__,
        'vocabulary': VOCABULARY, 'prompt': PROMPT, 'ids': tokens[0].tolist(),
        'boxThreshold': BOX_THRESHOLD, 'textThreshold': TEXT_THRESHOLD, 'width': WIDTH, 'height': HEIGHT,
        'logits': logits, 'boxes': boxes,
        'found': [{'score': round(score.item(), 6), 'box': [round(side, 3) for side in box.tolist()], 'label': label,
                   'ids': [int(each) for each in ids]}
                  for score, box, label, ids in zip(result['scores'], result['boxes'], result['text_labels'], answered)],
    }, file)
    file.write('\n')
