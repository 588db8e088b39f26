"""Stand-in for onnxruntime: InferenceSession over the project's onnxruntime-node, in a child process (see README.md)."""
import json, os, struct, subprocess, tempfile

import numpy as np

TYPES = {"float32": np.float32, "int64": np.int64}


class SessionOptions:
    intra_op_num_threads = inter_op_num_threads = 1


class InferenceSession:
    def __init__(s, model, options=None):
        s.file = None
        if isinstance(model, bytes):
            s.file = tempfile.NamedTemporaryFile(suffix=".onnx")
            s.file.write(model)
            s.file.flush()
            model = s.file.name
        child = os.path.join(os.path.dirname(os.path.abspath(__file__)), "session.mjs")
        s.child = subprocess.Popen(["node", child, os.path.abspath(model)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(s, names, feeds):
        feeds = {k: np.ascontiguousarray(v) for k, v in feeds.items()}
        head = json.dumps({"names": names, "feeds": [[k, v.dtype.name, list(v.shape)] for k, v in feeds.items()]}).encode()
        s.child.stdin.write(struct.pack("<I", len(head)) + head + b"".join(v.tobytes() for v in feeds.values()))
        s.child.stdin.flush()
        head = json.loads(s.take(struct.unpack("<I", s.take(4))[0]))
        if "error" in head:
            raise RuntimeError(head["error"])
        read = lambda kind, shape: np.frombuffer(s.take(int(np.prod(shape)) * TYPES[kind]().itemsize), TYPES[kind]).reshape(shape)
        return [read(*output) for output in head["outputs"]]

    def take(s, n):
        data = s.child.stdout.read(n)
        if len(data) < n:
            raise RuntimeError("the child process with the model has ended; what it said is above")
        return data
