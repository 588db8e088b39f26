#!/usr/bin/env python3
"""What a script of the usual kind does: pictures decoded and prepared by PIL, embedded by PyTorch in batches of 128.

    clip_torch.py LIST [--batch 128] [--warm-up 8]

LIST is a file with a picture's path on each line; `-` reads standard input. The first pictures load what is lazy and are
not timed. The model has the shape of CLIP ViT-B/32 (patches of 32, 12 layers of 768, 12 heads, 512 dimensions) and random
weights in float32: what counts for speed is the shape of the work. Vectors are kept in memory, as that kind of script does.
Needs Python 3.9, torch, Pillow and numpy; nothing is fetched. Prints {"pictures", "seconds", "perSecond", "torch", "threads"}.
"""
import argparse
import json
import sys
import time

import numpy
import torch
from PIL import Image, ImageOps

SIDE, PATCH, WIDTH, HEADS, LAYERS, DIMENSION = 224, 32, 768, 12, 12, 512
MEAN = numpy.array([0.48145466, 0.4578275, 0.40821073], dtype=numpy.float32)
STD = numpy.array([0.26862954, 0.26130258, 0.27577711], dtype=numpy.float32)


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
        self.attention = torch.nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.up, self.down = torch.nn.Linear(WIDTH, 4 * WIDTH), torch.nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, tokens):
        normed = self.norm1(tokens)
        tokens = tokens + self.attention(normed, normed, normed, need_weights=False)[0]
        hidden = self.up(self.norm2(tokens))
        return tokens + self.down(hidden * torch.sigmoid(1.702 * hidden))


class VisionTower(torch.nn.Module):
    def __init__(self):
        super().__init__()
        count = (SIDE // PATCH) ** 2 + 1
        self.patches = torch.nn.Conv2d(3, WIDTH, PATCH, PATCH, bias=False)
        self.summary = torch.nn.Parameter(torch.randn(WIDTH) * 0.02)
        self.positions = torch.nn.Parameter(torch.randn(count, WIDTH) * 0.02)
        self.before, self.after = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
        self.blocks = torch.nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.projection = torch.nn.Linear(WIDTH, DIMENSION, bias=False)

    def forward(self, pixels):
        patches = self.patches(pixels).flatten(2).transpose(1, 2)
        summary = self.summary.expand(len(pixels), 1, WIDTH)
        tokens = self.before(torch.cat([summary, patches], 1) + self.positions)
        return self.projection(self.after(self.blocks(tokens)[:, 0]))


def prepare(path):
    """Upright RGB, shortest edge 224, centre crop, normalised: what CLIP's own preprocessing does."""
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    scale = SIDE / min(picture.size)
    picture = picture.resize([max(SIDE, round(side * scale)) for side in picture.size], Image.BICUBIC)
    left, top = (picture.width - SIDE) // 2, (picture.height - SIDE) // 2
    pixels = numpy.asarray(picture.crop((left, top, left + SIDE, top + SIDE)), dtype=numpy.float32)
    return ((pixels / 255 - MEAN) / STD).transpose(2, 0, 1)


def embed(model, paths, batch):
    vectors = []
    for start in range(0, len(paths), batch):
        pixels = numpy.stack([prepare(path) for path in paths[start : start + batch]])
        with torch.inference_mode():
            found = model(torch.from_numpy(pixels))
        vectors.append(torch.nn.functional.normalize(found, dim=1).numpy())
    return numpy.concatenate(vectors)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--warm-up", type=int, default=8)
    options = parser.parse_args()
    with sys.stdin if options.list == "-" else open(options.list, encoding="utf-8") as lines:
        paths = [line.rstrip("\n") for line in lines if line.strip()]
    timed = paths[options.warm_up :]
    if not timed:
        parser.error(f"{len(paths)} pictures and {options.warm_up} to warm up: none is left to time")
    model = VisionTower().eval()
    if options.warm_up > 0:
        embed(model, paths[: options.warm_up], options.batch)
    start = time.perf_counter()
    vectors = embed(model, timed, options.batch)
    seconds = time.perf_counter() - start
    assert vectors.shape == (len(timed), DIMENSION) and numpy.isfinite(vectors).all()
    facts = {"pictures": len(timed), "seconds": seconds, "perSecond": len(timed) / seconds}
    print(json.dumps({**facts, "torch": torch.__version__, "threads": torch.get_num_threads()}))


main()
