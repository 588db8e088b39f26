"""Pictures and soft boxes for training: photos of step 1 with the labels of step 2, changed anew each time."""
import glob, json

import numpy as np
import torch
import torch.nn.functional as F

from net import CLASSES
from photos import GREY, SIDE

SAME_BOX = .75
MOST = 40


def iou(a, b):
    """[M, 4] and [N, 4] corners -> [M, N]"""
    wh = (torch.minimum(a[:, None, 2:], b[None, :, 2:]) - torch.maximum(a[:, None, :2], b[None, :, :2])).clamp(min=0)
    shared = wh.prod(-1)
    area = lambda x: (x[:, 2] - x[:, 0]) * (x[:, 3] - x[:, 1])
    return shared / (area(a)[:, None] + area(b)[None] - shared).clamp(min=1e-9)


def targets(rows):
    """Rows of one photo -> boxes [K, 4] as parts of 1, scores [K, CLASSES]: one box for what the teacher sees as several
    classes in one place, best first."""
    boxes, scores = [], []
    for k, score, *box in sorted(rows, key=lambda r: -r[1]):
        b = torch.tensor([box])
        same = iou(b, torch.stack(boxes))[0] if boxes else torch.zeros(0)
        if len(same) and same.max() > SAME_BOX:
            t = scores[int(same.argmax())]
            t[k] = max(float(t[k]), score)
        elif len(boxes) < MOST:
            boxes.append(b[0])
            scores.append(torch.zeros(CLASSES))
            scores[-1][k] = score
    return (torch.stack(boxes), torch.stack(scores)) if boxes else (torch.zeros(0, 4), torch.zeros(0, CLASSES))


class Photos:
    def __init__(s, out, seed):
        photos = json.load(open(f"{out}/photos.json"))
        found = {}
        for f in glob.glob(f"{out}/labels-*.jsonl"):
            for line in open(f):
                if line.endswith("}\n"):
                    one = json.loads(line)
                    found[one["photo"]] = one["boxes"]
        s.rng = np.random.default_rng(seed)
        s.pixels = np.memmap(f"{out}/photos.u8", np.uint8, "r", shape=(len(photos), SIDE, SIDE, 3))
        s.ids = [i for i, p in enumerate(photos) if p["path"] in found]
        s.size, s.rows, rare = {}, {}, np.zeros(CLASSES)
        for i in s.ids:
            w, h = photos[i]["width"], photos[i]["height"]
            scale = min(1, SIDE / max(w, h))
            s.size[i] = max(1, round(w * scale)), max(1, round(h * scale))
            s.rows[i] = found[photos[i]["path"]]
            for k in {r[0] for r in s.rows[i] if r[1] > .4}:
                rare[k] += 1
        # Photos with rare classes come more often (Gupta et al., "LVIS", 2019: repeat factor sampling), those without
        # any sure box (flowers, many of Caltech-101) less.
        often = lambda i: max([.4] + [min(4., (.02 * len(s.ids) / rare[r[0]]) ** .5) for r in s.rows[i] if r[1] > .4]
                              + [1. for r in s.rows[i] if r[1] > .4])
        s.prob = np.array([often(i) for i in s.ids])
        s.prob /= s.prob.sum()
        s.ready = {}

    def picture(s, i, side, jitter):
        """One photo, part of it or with room around, mirrored half of the time -> [3, side, side], boxes in pixels, scores"""
        r, (w, h) = s.rng, s.size[i]
        if i not in s.ready:
            s.ready[i] = targets(s.rows[i])
        boxes, scores = s.ready[i]
        boxes = boxes * torch.tensor([w, h, w, h])
        scale = side / max(w, h) * float(np.exp(r.uniform(-jitter, jitter)))
        nw, nh = max(8, round(w * scale)), max(8, round(h * scale * float(np.exp(r.uniform(-.15, .15)))))
        t = torch.from_numpy(s.pixels[i, :h, :w].copy()).permute(2, 0, 1)[None].float()
        t = F.interpolate(t, (nh, nw), mode="bilinear", antialias=True)[0]
        boxes = boxes * torch.tensor([nw / w, nh / h, nw / w, nh / h])
        x, y = (int(r.integers(min(0, side - n), max(0, side - n) + 1)) for n in (nw, nh))
        out = torch.full((3, side, side), float(GREY))
        x0, y0, x1, y1 = max(0, x), max(0, y), min(side, x + nw), min(side, y + nh)
        out[:, y0:y1, x0:x1] = t[:, y0 - y:y1 - y, x0 - x:x1 - x]
        boxes = boxes + torch.tensor([x, y, x, y])
        if r.random() < .5:
            out = out.flip(2)
            boxes = torch.stack([side - boxes[:, 2], boxes[:, 1], side - boxes[:, 0], boxes[:, 3]], 1)
        area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
        boxes = boxes.clamp(0, side)
        wh = boxes[:, 2:] - boxes[:, :2]
        keep = (wh.prod(1) > .35 * area) & (wh.min(1).values > 3)
        return out, boxes[keep], scores[keep]

    def batch(s, n, side, mosaic):
        """[n, 3, side, side] in [-1, 1], and for each picture its boxes and scores. A mosaic is four photos in one
        (Bochkovskiy et al., "YOLOv4", 2020)."""
        r, xs, all_boxes, all_scores = s.rng, [], [], []
        for _ in range(n):
            if r.random() >= mosaic:
                x, b, t = s.picture(int(r.choice(s.ids, p=s.prob)), side, .35)
            else:
                half, parts = side // 2, []
                for k, i in enumerate(r.choice(s.ids, 4, p=s.prob)):
                    x, b, t = s.picture(int(i), half, .25)
                    o = torch.tensor([k % 2 * half, k // 2 * half] * 2)
                    parts.append((x, b + o, t))
                rows = [torch.cat([parts[k][0], parts[k + 1][0]], 2) for k in (0, 2)]
                x, b, t = torch.cat(rows, 1), torch.cat([p[1] for p in parts]), torch.cat([p[2] for p in parts])
            xs.append(x)
            all_boxes.append(b)
            all_scores.append(t)
        return s.colours(torch.stack(xs)), all_boxes, all_scores

    def colours(s, x):
        """Saturation, contrast, brightness and the step from 0..255 to -1..1 as one 3x3 matrix a picture."""
        r, n, side = s.rng, len(x), x.shape[-1]
        u = lambda lo, hi: torch.from_numpy(r.uniform(lo, hi, (n, 1, 1)).astype(np.float32))
        bright, contrast, colour = u(.7, 1.3), u(.7, 1.3), u(.5, 1.4)
        colour[torch.from_numpy(r.random(n) < .05)] = 0
        x = x.view(n, 3, -1)
        m = 2 / 255 * bright * contrast * ((1 - colour) / 3 + colour * torch.eye(3))
        shift = 2 / 255 * bright * (1 - contrast) * x.mean((1, 2), keepdim=True) - 1
        return torch.baddbmm(shift, m, x).clamp_(-1, 1).view(n, 3, side, side)
