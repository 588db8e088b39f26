"""Step 6: the detector as ONNX, in YOLOX's layout, so that one decoder serves both.

    python export.py --out WORK --checkpoint b2 --size 256 --to fovea_boxes.onnx

    images  [N, 3, S, S] float32: B, G, R from 0 to 255, the picture in the top left, the rest grey 114
    output  [N, A, 5 + K]: x, y (from the cell's corner, in strides), log width and height (in strides), 1, K scores

Classes, and the shifts of their logits, are those of WORK/classes.json (step 5). Batch norm is folded into the convolutions. Weights are 8-bit whole
numbers with a scale for each output channel, expanded when the session is made: it computes in float32.
"""
import argparse, json

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from net import STRIDES, TAPS, Boxes, cells, corners


class Graph:
    def __init__(s):
        s.nodes, s.init, s.n = [], [], 0

    def const(s, a):
        s.n += 1
        s.init.append(numpy_helper.from_array(np.ascontiguousarray(a), f"c{s.n}"))
        return f"c{s.n}"

    def op(s, kind, inputs, out=None, **attr):
        s.n += 1
        s.nodes.append(helper.make_node(kind, inputs, [out or f"t{s.n}"], name=f"n{s.n}", **attr))
        return out or f"t{s.n}"

    def weights(s, w):
        """[O, I, k, k] as signed 8-bit numbers, scaled by output channel; Cast and Mul are folded at load."""
        scale = np.abs(w).max((1, 2, 3), keepdims=True) / 127
        whole = s.op("Cast", [s.const(np.rint(w / np.maximum(scale, 1e-12)).astype(np.int8))], to=TensorProto.FLOAT)
        return s.op("Mul", [whole, s.const(scale.astype(np.float32))])

    def conv(s, x, w, bias, stride=1, act=False):
        k = w.shape[-1]
        x = s.op("Conv", [x, s.weights(w), s.const(bias)], kernel_shape=[k, k], strides=[stride] * 2, pads=[k // 2] * 4)
        return s.op("Relu", [x]) if act else x

    def layer(s, x, c, act=None):
        """A convolution with its batch norm."""
        k, b = c[0], c[1]
        f = b.weight / (b.running_var + b.eps).sqrt()
        w, bias = k.weight * f[:, None, None, None], b.bias - b.running_mean * f
        return s.conv(x, w.detach().numpy(), bias.detach().numpy(), k.stride[0], len(c) > 2 if act is None else act)


def write(m, path, size, classes):
    g = Graph()
    # (x - 127.5) / 127.5 on R, G, B: what the trunk was trained on, from what the decoder's family is given.
    x = g.op("Div", [g.op("Sub", ["images", g.const(np.float32(127.5))]), g.const(np.float32(127.5))])
    x = g.op("Gather", [x, g.const(np.array([2, 1, 0], np.int64))], axis=1)
    taken = []
    for i, l in enumerate(m.trunk):
        x = g.layer(x, l) if isinstance(l, torch.nn.Sequential) else g.op("Relu", [g.op("Add", [x, g.layer(g.layer(x, l.a), l.b)])])
        if i in TAPS:
            taken.append(x)
    fine = [g.layer(x, l) for x, l in zip(taken, m.lateral)]
    for i in (1, 0):
        up = g.op("Resize", [fine[i + 1], "", g.const(np.array([1, 1, 2, 2], np.float32))], mode="nearest",
                  nearest_mode="floor", coordinate_transformation_mode="asymmetric")
        fine[i] = g.op("Add", [fine[i], up])
    rows = []
    for x, smooth, scale, stride in zip(fine, m.smooth, m.scale, STRIDES):
        x, n = g.layer(g.layer(x, smooth), m.both), (size // stride) ** 2
        flat = lambda y, c: g.op("Transpose", [g.op("Reshape", [y, g.const(np.array([0, c, n], np.int64))])], perm=[0, 2, 1])
        w, b = m.logits.weight[classes], m.logits.bias[classes]
        scores = flat(g.op("Sigmoid", [g.conv(g.layer(x, m.cls), w.detach().numpy(), b.detach().numpy())]), len(classes))
        sides = g.conv(g.layer(x, m.box), m.sides.weight.detach().numpy(), (m.sides.bias + scale).detach().numpy())
        sides = flat(g.op("Exp", [g.op("Min", [sides, g.const(np.float32(5))])]), 4)
        i = lambda *v: g.const(np.array(v, np.int64))
        lt, rb = (g.op("Slice", [sides, i(a), i(a + 2), i(2)]) for a in (0, 2))
        xy = g.op("Add", [g.op("Mul", [g.op("Sub", [rb, lt]), g.const(np.float32(.5))]), g.const(np.float32(.5))])
        wh = g.op("Log", [g.op("Add", [lt, rb])])
        one = g.op("Add", [g.op("Mul", [g.op("Slice", [xy, i(0), i(1), i(2)]), g.const(np.float32(0))]), g.const(np.float32(1))])
        rows.append(g.op("Concat", [xy, wh, one, scores], axis=2))
    g.op("Concat", rows, "output", axis=1)
    cell_count = sum((size // s) ** 2 for s in STRIDES)
    f = TensorProto.FLOAT
    graph = helper.make_graph(g.nodes, "fovea-boxes", [helper.make_tensor_value_info("images", f, ["batch", 3, size, size])],
                              [helper.make_tensor_value_info("output", f, ["batch", cell_count, 5 + len(classes)])], g.init)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="fovea-boxes")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def check(m, path, size, classes):
    """The file gives what the model gives, but for the 8-bit weights."""
    import onnxruntime as ort
    x = torch.rand(2, 3, size, size) * 255
    with torch.no_grad():
        logits, sides = m(x.flip(1) / 127.5 - 1)
    y = torch.from_numpy(ort.InferenceSession(path).run(None, {"images": x.numpy()})[0].copy())
    centre, stride = cells(size)
    middle, wh = (y[..., :2] - .5) * stride[:, None] + centre, y[..., 2:4].exp() * stride[:, None]
    box = torch.cat([middle - wh / 2, middle + wh / 2], -1)
    print("largest difference of scores", float((logits.sigmoid()[..., classes] - y[..., 5:]).abs().max()),
          "mean difference of corners, pixels", float((corners(sides, centre, stride) - box).abs().mean()))


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", required=True)
    a.add_argument("--checkpoint", required=True)
    a.add_argument("--size", type=int, default=256)
    a.add_argument("--to", required=True)
    a = a.parse_args()
    claimed = json.load(open(f"{a.out}/classes.json"))
    classes = [one["label"] for one in claimed]
    m = Boxes()
    m.load_state_dict(torch.load(f"{a.out}/{a.checkpoint}.pt")["model"])
    m.logits.bias.data[classes] += torch.tensor([one["shift"] for one in claimed])
    m.eval()
    write(m, a.to, a.size, classes)
    check(m, a.to, a.size, classes)
    print("classes", *classes)


if __name__ == "__main__":
    main()
