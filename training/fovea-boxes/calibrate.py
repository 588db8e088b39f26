"""Step 5: which classes the detector claims, and a shift of each one's logits that makes the product's threshold mean what
it means for the teacher.

    python calibrate.py --out WORK --checkpoint b2 --size 256 --photos 4000

Scores of training are the teacher's times how well a box fits, and so lower than the teacher's. The shift of a class makes
`--more` times as many photos have a box of 0.25 and more as have one of the teacher's, but no more than `--false` of those
photos that the teacher sees none in. A class is claimed where at least `--least` photos have one of the teacher's, and where
the photos of both agree by an F-measure of `--agree` and more. Photos are those of the training (an equal share of each
source), held-out ones first; no photo that a figure of the card is measured on. Writes WORK/classes.json.
"""
import argparse, json

import numpy as np
import torch
import torch.nn.functional as F

from examples import Photos
from net import CLASSES, Boxes
from train import held_out

THRESHOLD = .25


def logit(p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


@torch.no_grad()
def highest(model, photos, ids, size):
    """[photos, CLASSES]: the highest score of each class in each photo."""
    rows = []
    for at in range(0, len(ids), 16):
        x = torch.from_numpy(np.stack([photos.pixels[i] for i in ids[at:at + 16]])).permute(0, 3, 1, 2).float()
        x = F.interpolate(x, (size, size), mode="bilinear", antialias=True).div(127.5).sub(1)
        with torch.autocast("cpu", torch.bfloat16):
            rows.append(model(x.contiguous(memory_format=torch.channels_last))[0].sigmoid().max(1).values)
    return torch.cat(rows).numpy()


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", required=True)
    a.add_argument("--checkpoint", required=True)
    a.add_argument("--size", type=int, default=256)
    a.add_argument("--photos", type=int, default=4000)
    a.add_argument("--least", type=int, default=12)
    a.add_argument("--agree", type=float, default=.4)
    a.add_argument("--more", type=float, default=2)
    a.add_argument("--false", type=float, default=.04)
    a = a.parse_args()
    model = Boxes()
    model.load_state_dict(torch.load(f"{a.out}/{a.checkpoint}.pt")["model"])
    model.eval()
    photos = Photos(a.out, 0)
    first = held_out(photos.ids)
    others = [i for i in photos.ids if i not in set(first)]
    ids = [*first, *np.random.default_rng(0).permutation(others)[:a.photos - len(first)]]
    mine = highest(model, photos, ids, a.size)
    theirs = np.zeros_like(mine)
    for at, i in enumerate(ids):
        for k, score, *_ in photos.rows[i]:
            theirs[at, k] = max(theirs[at, k], score)
    has, result = theirs >= THRESHOLD, []
    for k in np.argsort(-has.sum(0)):
        n = int(has[:, k].sum())
        if n < a.least:
            continue
        none = np.sort(mine[~has[:, k], k])
        level = max(np.sort(mine[:, k])[-min(len(ids), round(a.more * n))], none[-max(1, int(a.false * len(none)))])
        found = mine[:, k] >= level
        hits = int((has[:, k] & found).sum())
        agree = 2 * hits / (n + found.sum())
        claimed = agree >= a.agree
        fresh = slice(0, len(first))
        print(f"{k:3} {n:5} photos, {found.sum():5} found, {hits:5} of both: agree {agree:.2f}, of held-out ones "
              f"{has[fresh, k].sum()}, {found[fresh].sum()}, {(has[:, k] & found)[fresh].sum()}; score {level:.3f}",
              "" if claimed else "left out")
        if claimed:
            result.append(dict(label=int(k), shift=round(float(logit(THRESHOLD) - logit(level)), 3)))
    with open(f"{a.out}/classes.json", "w") as f:
        json.dump(sorted(result, key=lambda one: one["label"]), f)
    print(len(result), "of", CLASSES, "classes")


if __name__ == "__main__":
    main()
