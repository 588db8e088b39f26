"""fovea-boxes: the trunk of fovea-tiny's image tower, a feature pyramid and one head shared by three strides.

    pictures  [N, 3, S, S] in [-1, 1], S a multiple of 32
    trunk     64, 160 and 384 channels at strides 8, 16, 32 (fovea-tiny's, without its last 1x1 convolution)
    pyramid   64 channels each, from coarse to fine (Lin et al., "Feature Pyramid Networks", 2017)
    head      class logits [N, A, 80] and distances left, top, right, bottom [N, A, 4] in strides (Tian et al., "FCOS",
              2019); A cells, fine stride first, row by row
"""
import os, sys

import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fovea-tiny"))
from model import Conv, ImageTower  # noqa: E402

STRIDES, WIDTH, CLASSES = (8, 16, 32), 64, 80
# Where the trunk is left for each stride: behind the block of 64, the second of 160, the one of 384.
TAPS = (4, 7, 9)


class Boxes(nn.Module):
    def __init__(s, classes=CLASSES):
        super().__init__()
        s.trunk = ImageTower().body[:-1]
        s.lateral = nn.ModuleList([Conv(c, WIDTH, 1, act=False) for c in (64, 160, 384)])
        s.smooth = nn.ModuleList([Conv(WIDTH, WIDTH) for _ in STRIDES])
        s.both, s.cls, s.box = Conv(WIDTH, WIDTH), Conv(WIDTH, WIDTH), Conv(WIDTH, WIDTH)
        s.logits, s.sides = nn.Conv2d(WIDTH, classes, 1), nn.Conv2d(WIDTH, 4, 1)
        s.scale = nn.Parameter(torch.zeros(len(STRIDES)))
        for m in (s.logits, s.sides):
            nn.init.normal_(m.weight, std=.01)
            nn.init.zeros_(m.bias)
        nn.init.constant_(s.logits.bias, -4.6)              # every cell begins as 1 % of each class
        nn.init.constant_(s.sides.bias, .7)

    def features(s, x):
        taken = []
        for i, layer in enumerate(s.trunk):
            x = layer(x)
            if i in TAPS:
                taken.append(x)
        fine = [lateral(x) for lateral, x in zip(s.lateral, taken)]
        for i in (1, 0):
            fine[i] = fine[i] + F.interpolate(fine[i + 1], scale_factor=2., mode="nearest")
        return [smooth(x) for smooth, x in zip(s.smooth, fine)]

    def forward(s, x):
        logits, sides = [], []
        for x, scale in zip(s.features(x), s.scale):
            x = s.both(x)
            logits.append(s.logits(s.cls(x)).flatten(2))
            sides.append((s.sides(s.box(x)).float() + scale).clamp(max=5).exp().flatten(2))
        return torch.cat(logits, 2).float().transpose(1, 2), torch.cat(sides, 2).transpose(1, 2)


def cells(size):
    """Centres [A, 2] in pixels and strides [A]."""
    centre, stride = [], []
    for s in STRIDES:
        at = (torch.arange(size // s) + .5) * s
        y, x = torch.meshgrid(at, at, indexing="ij")
        centre.append(torch.stack([x, y], -1).view(-1, 2))
        stride.append(torch.full((len(at) ** 2,), float(s)))
    return torch.cat(centre), torch.cat(stride)


def corners(sides, centre, stride):
    """Distances in strides to x1, y1, x2, y2 in pixels."""
    d = sides * stride[:, None]
    return torch.cat([centre - d[..., :2], centre + d[..., 2:]], -1)
