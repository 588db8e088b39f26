"""Step 4: the detector, on the trunk of fovea-tiny's image tower and heads from random initialisation.

    python train.py --out WORK --save b1 --trunk WORK/trunk.pt --pictures 110000 --size 160 --p1 .4 --trunk_lr .3
    python train.py --out WORK --save b2 --init b1 --pictures 140000 --size 224 --p0 .4 --trunk_lr .3 --warmup 50

Targets are the teacher's boxes with its scores (step 2). Cells are assigned as in Feng et al., "TOOD", 2021: for each box
the cells inside it that fit best, by score and overlap; what a cell has to answer is the teacher's score times how well
its box fits, so that the score says both. Losses: quality focal loss for classes (Li et al., "Generalized Focal Loss",
2020), 1 - GIoU for boxes (Rezatofighi et al., 2019).
"""
import argparse, os, sys

import torch
import torch.nn.functional as F

from examples import Photos, iou, targets
from net import Boxes, cells, corners

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import parallel  # noqa: E402

BEST, ALPHA, BETA = 10, 1., 4.
SURE = .2
HELD_OUT = 500


def giou_loss(a, b):
    """[K, 4] and [K, 4] corners -> [K]"""
    area = lambda x: (x[:, 2:] - x[:, :2]).clamp(min=0).prod(1)
    shared = area(torch.cat([torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])], 1))
    union = area(a) + area(b) - shared
    around = area(torch.cat([torch.minimum(a[:, :2], b[:, :2]), torch.maximum(a[:, 2:], b[:, 2:])], 1))
    return 1 - shared / union.clamp(min=1e-6) + (around - union) / around.clamp(min=1e-6)


@torch.no_grad()
def assign(probability, predicted, centre, boxes, scores):
    """probability [A, C], predicted [A, 4] and boxes [G, 4] in pixels, scores [G, C] -> class targets [A, C], the cells
    that have a box, and which."""
    target = torch.zeros_like(probability)
    if not len(boxes):
        return target, torch.zeros(0, dtype=torch.long), torch.zeros(0, dtype=torch.long)
    overlap = iou(boxes, predicted)
    inside = ((centre[None] > boxes[:, None, :2]) & (centre[None] < boxes[:, None, 2:])).all(-1)
    # Boxes smaller than the cells may have no centre inside: the nearest cell is theirs.
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    near = ((centre[None] - middle[:, None]) ** 2).sum(-1)
    lone = ~inside.any(1)
    inside[lone, near[lone].argmin(1)] = True
    sure = probability[:, scores.argmax(1)].T
    metric = (sure ** ALPHA * overlap ** BETA + 1e-9) * inside
    top = metric.topk(min(BEST, metric.shape[1]), 1)
    chosen = torch.zeros_like(metric).scatter_(1, top.indices, top.values)
    # A cell that several boxes want takes the one that it overlaps most.
    wanted = chosen > 0
    owner = (overlap + 1e-6).masked_fill(~wanted, -1).argmax(0)
    cell = wanted.any(0).nonzero()[:, 0]
    owner = owner[cell]
    fit = chosen[owner, cell] / chosen.max(1).values[owner].clamp(min=1e-9)
    quality = fit * (overlap * wanted).max(1).values[owner].clamp(min=.3)
    target[cell] = scores[owner] * quality[:, None]
    return target, cell, owner


def losses(model, x, boxes, scores):
    with torch.autocast("cpu", torch.bfloat16):
        logits, sides = model(x.contiguous(memory_format=torch.channels_last))
    centre, stride = cells(x.shape[-1])
    predicted = corners(sides, centre, stride)
    p = logits.detach().sigmoid()
    target, of, which, pictures = [], [], [], []
    for i in range(len(x)):
        t, cell, owner = assign(p[i], predicted[i].detach(), centre, boxes[i], scores[i])
        sure = scores[i].max(1).values[owner] >= SURE if len(owner) else owner.bool()
        target.append(t)
        of.append(boxes[i][owner[sure]])
        which.append(cell[sure])
        pictures.append(torch.full((int(sure.sum()),), i))
    target, of, which, pictures = torch.stack(target), torch.cat(of), torch.cat(which), torch.cat(pictures)
    total = target.sum().clamp(min=1)
    classes = ((target - logits.sigmoid()).detach().abs() ** 2 *
               F.binary_cross_entropy_with_logits(logits, target, reduction="none")).sum() / total
    weight = target[pictures, which].max(1).values.detach()
    box = (giou_loss(predicted[pictures, which], of) * weight).sum() / weight.sum().clamp(min=1)
    return classes, box


def detections(logits, sides, size, lowest=.05, most=100, overlap=.5):
    """One picture -> boxes [K, 4] in pixels, scores [K], classes [K], after suppression."""
    score, k = logits.sigmoid().max(1)
    keep = (score > lowest).nonzero()[:, 0]
    keep = keep[score[keep].argsort(descending=True)][:300]
    b, score, k = corners(sides, *cells(size))[keep], score[keep], k[keep]
    away = iou(b, b) > overlap
    away &= k[:, None] == k[None]
    left = torch.ones(len(b), dtype=torch.bool)
    for i in range(len(b)):
        if left[i]:
            left[i + 1:] &= ~away[i, i + 1:]
    return b[left][:most], score[left][:most], k[left][:most]


def held_out(ids):
    """Photos that this training leaves out, spread over all sources."""
    return ids[::max(1, len(ids) // HELD_OUT)][:HELD_OUT]


class Job:
    def __init__(s, a, rank, step):
        s.a, s.photos = a, Photos(a.out, [a.seed, rank, a.size, step])
        s.held = held_out(s.photos.ids)
        keep = [i for i, one in enumerate(s.photos.ids) if one not in set(s.held)]
        s.photos.ids, p = [s.photos.ids[i] for i in keep], s.photos.prob[keep]
        s.photos.prob = p / p.sum()

    def decay(s, name, p):
        return not name.startswith("scale")

    def rate(s, name):
        return s.a.trunk_lr if name.startswith("trunk") else 1.

    def micro(s, model):
        classes, box = losses(model, *s.photos.batch(s.a.micro, s.a.size, s.a.mosaic))
        return 2 * classes + 2 * box, [classes.item(), box.item()]

    @torch.no_grad()
    def evaluate(s, model):
        """AP50 against the teacher's sure boxes on photos held out of this training (not a figure of the card)."""
        def batches():
            for _ in range(12):
                x = s.photos.batch(32, s.a.size, 0)[0]
                with torch.autocast("cpu", torch.bfloat16):
                    model(x.contiguous(memory_format=torch.channels_last))
        parallel.remeasure(model, batches)
        mean = average_precision(model, s.photos, s.held, s.a.size)
        print("at", s.a.size, "AP50 against the teacher, by class with ten boxes and more:", mean, flush=True)
        return dict(size=s.a.size)


def average_precision(model, photos, ids, size):
    found, there = {}, {}
    for i in ids:
        w, h = photos.size[i]
        pad = photos.pixels[i].copy()
        x = torch.from_numpy(pad).permute(2, 0, 1)[None].float()
        x = F.interpolate(x, (size, size), mode="bilinear", antialias=True).div(127.5).sub(1)
        with torch.autocast("cpu", torch.bfloat16):
            logits, sides = model(x.contiguous(memory_format=torch.channels_last))
        b, score, k = detections(logits[0], sides[0], size)
        boxes, scores = targets(photos.rows[i])
        best, label = scores.max(1) if len(scores) else (torch.zeros(0), torch.zeros(0, dtype=torch.long))
        sure = best > .4
        boxes, label = boxes[sure] * torch.tensor([w, h, w, h]) * size / 256, label[sure]
        for c in set(label.tolist()) | set(k.tolist()):
            own, mine = boxes[label == c], k == c
            there[c] = there.get(c, 0) + len(own)
            free, o = torch.ones(len(own), dtype=torch.bool), iou(b[mine], own)
            for j, sc in enumerate(score[mine].tolist()):
                hit = len(own) > 0 and bool((o[j] * free).max() >= .5)
                if hit:
                    free[int((o[j] * free).argmax())] = False
                found.setdefault(c, []).append((sc, hit))
    values = {}
    for c, n in there.items():
        if n >= 10:
            hits = torch.tensor([float(h) for _, h in sorted(found.get(c, []), reverse=True)])
            precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
            precision = precision.flip(0).cummax(0).values.flip(0) if len(hits) else precision
            values[c] = float((precision * hits).sum()) / n
    return round(sum(values.values()) / max(1, len(values)), 3), {c: round(v, 2) for c, v in sorted(values.items())}


def main():
    a = argparse.ArgumentParser()
    parallel.arguments(a)
    a.add_argument("--trunk", default="", help="step 3, or a checkpoint of ../fovea-tiny/train_image.py; without: random numbers")
    a.add_argument("--size", type=int, default=256)
    a.add_argument("--mosaic", type=float, default=.4)
    a.add_argument("--trunk_lr", type=float, default=.5)
    a = a.parse_args()
    torch.manual_seed(a.seed)
    model = Boxes()
    if a.trunk:
        tower = {k.removeprefix("image.body."): v for k, v in torch.load(a.trunk)["model"].items() if k.startswith("image.body.")}
        model.trunk.load_state_dict({k: v for k, v in tower.items() if int(k.split(".")[0]) < len(model.trunk)})
    if a.init:
        model.load_state_dict(torch.load(f"{a.out}/{a.init}.pt")["model"])
    parallel.train(a, model, Job)


if __name__ == "__main__":
    main()
