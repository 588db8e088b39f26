"""Step 1 of fovea-boxes: the photos that are trained on, decoded once.

    python photos.py --raw RAW --out WORK

RAW is what ../fovea-tiny/collect.py wrote. WORK gets photos.json (one entry a photo: path below RAW, width and height
as stored) and photos.u8 (N x 256 x 256 x 3: the photo scaled down, never up, until it fits, in the top left, the rest
grey 114). The validation and test photos of Flickr8k are left out: the detector is measured on the former.
"""
import argparse, glob, json, os
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from PIL import Image

SIDE, GREY = 256, 114
FOLDERS = ("flickr8k", "coco", "caltech101", "flowers", "imagenet1k")


def load(path):
    im = Image.open(path).convert("RGB")
    s = min(1, SIDE / max(im.size))
    if s < 1:
        im = im.resize((max(1, round(im.width * s)), max(1, round(im.height * s))), Image.BICUBIC)
    out = np.full((SIDE, SIDE, 3), GREY, np.uint8)
    out[:im.height, :im.width] = np.asarray(im)
    return im.size, out


def chosen(raw):
    train = {line.strip() + ("" if line.strip().endswith(".jpg") else ".jpg") for line in open(f"{raw}/cn/flickr8ktrain.txt")}
    for folder in FOLDERS:
        for path in sorted(glob.glob(f"{raw}/{folder}/*")):
            if folder != "flickr8k" or os.path.basename(path) in train:
                yield path


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--raw", required=True)
    a.add_argument("--out", required=True)
    a.add_argument("--jobs", type=int, default=2)
    a = a.parse_args()
    os.makedirs(a.out, exist_ok=True)
    paths, photos = list(chosen(a.raw)), []
    pixels = np.memmap(f"{a.out}/photos.u8", np.uint8, "w+", shape=(len(paths), SIDE, SIDE, 3))
    with ProcessPoolExecutor(a.jobs) as pool:
        for i, (size, out) in enumerate(pool.map(load, paths, chunksize=64)):
            pixels[i] = out
            photos.append(dict(path=os.path.relpath(paths[i], a.raw), width=size[0], height=size[1]))
    pixels.flush()
    json.dump(photos, open(f"{a.out}/photos.json", "w"))
    print(len(photos), "photos")


if __name__ == "__main__":
    main()
