"""Step 3: the trunk of the fovea-tiny that ships, with batch norms again, to train on from.

    python trunk.py --out WORK --vision ../../assets/models/fovea-tiny/onnx/vision_model.onnx

The exported convolutions hold their batch norms. Each output channel is scaled to a spread of 1, as measured on training
photos, and its norm undoes that: the function is the same, and the weights have the size that the learning rate is made for.
Writes WORK/trunk.pt.
"""
import argparse

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from examples import Photos
from net import Boxes
from model import Conv

SIZE, PICTURES = 160, 640


def convolutions(path):
    """Weights and biases in the order of the net."""
    graph = onnx.load(path).graph
    values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    cast = {n.output[0]: n.input[0] for n in graph.node if n.op_type == "Cast"}
    for n in graph.node:
        if n.op_type == "Conv":
            yield [torch.from_numpy(values[cast.get(i, i)].astype(np.float32)) for i in n.input[1:]]


@torch.no_grad()
def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", required=True)
    a.add_argument("--vision", required=True)
    a = a.parse_args()
    net = Boxes()
    layers = [m for m in net.trunk.modules() if isinstance(m, Conv)]
    shipped = list(convolutions(a.vision))[:len(layers)]
    spread = {}
    for layer, (weight, bias) in zip(layers, shipped):
        conv, norm = layer[0], layer[1]
        if conv.weight.shape != weight.shape:
            raise SystemExit(f"{a.vision} is another net: {tuple(weight.shape)} where {tuple(conv.weight.shape)} belongs")
        conv.weight.copy_(weight)
        norm.running_mean.zero_(), norm.running_var.fill_(1 - norm.eps), norm.weight.fill_(1), norm.bias.copy_(bias)
        sums = spread[layer] = torch.zeros(3, len(bias), dtype=torch.float64)

        def add(_, __, y, sums=sums):
            sums[0] += y.numel() / y.shape[1]
            sums[1] += y.double().sum((0, 2, 3))
            sums[2] += y.double().square().sum((0, 2, 3))
        conv.register_forward_hook(add)
    net.trunk.eval()
    photos = Photos(a.out, 0)
    batches = [photos.batch(32, SIZE, 0)[0] for _ in range(PICTURES // 32)]
    before = [net.trunk(x) for x in batches][0]
    for layer, (n, total, square) in spread.items():
        mean, std = total / n, (square / n - (total / n) ** 2).clamp(min=0).sqrt()
        std = torch.where(std > 1e-3, std, torch.ones_like(std))
        norm = layer[1]
        layer[0].weight.div_(std.float()[:, None, None, None])
        norm.running_mean.copy_(mean / std), norm.running_var.fill_(1 - norm.eps)
        norm.weight.copy_(std), norm.bias.add_(mean)
    print("largest difference", (net.trunk(batches[0]) - before).abs().max().item(), "of", before.abs().max().item())
    torch.save(dict(model={f"image.body.{k}": v.clone() for k, v in net.trunk.state_dict().items()}), f"{a.out}/trunk.pt")


if __name__ == "__main__":
    main()
