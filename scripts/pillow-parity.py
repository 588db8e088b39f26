#!/usr/bin/python3
"""Writes src/image/fixtures/pillow-parity.json: what Pillow makes of synthetic pictures, as hashes.

Run with Debian's Pillow (package python3-pil) from the repository's root:

    /usr/bin/python3 scripts/pillow-parity.py

The pictures are made by an integer formula, the same in src/image/fixtures/synthetic.ts, so none has to be stored;
their own hashes are written too, so that a difference in the formula is told from one in resampling.
"""
import hashlib
import json
import PIL
from PIL import Image

KERNELS = {'bilinear': Image.BILINEAR, 'bicubic': Image.BICUBIC, 'lanczos': Image.LANCZOS}

# width, height, and the short side that a model asks for. The last five are enlarged.
CASES = [
    (640, 480, 224),
    (480, 640, 160),
    (641, 427, 224),
    (500, 375, 160),
    (375, 500, 224),
    (1024, 768, 256),
    (1600, 1200, 224),
    (333, 1000, 224),
    (224, 224, 160),
    (225, 223, 224),
    (100, 80, 224),
    (64, 64, 160),
    (37, 211, 224),
    (3, 2, 32),
    (1, 1, 8),
]


def triangle(value, period):
    """A triangle wave between 0 and 255."""
    return abs(value % (2 * period) - period) * 255 // period


def synthetic(width, height):
    """Slopes, waves of three lengths, a disc, a fine grid in a corner and a little noise."""
    data = bytearray()
    radius = min(width, height) // 3
    for y in range(height):
        for x in range(width):
            inside = (x - width // 2) ** 2 + (y - height // 2) ** 2 < radius * radius
            grid = 60 if x * 4 < width and y * 4 < height and (x // 4 + y // 4) % 2 == 0 else 0
            noise = ((x * 7919) ^ (y * 104729)) % 11 - 5
            for channel in range(3):
                value = (
                    triangle(x + 40 * channel, 211)
                    + triangle(y * 2 + x, 97 + 10 * channel)
                    + triangle(x * y * 16 // max(width, height) + 30 * channel, 67)
                ) // 3
                if inside:
                    value = (value + 255 * (channel + 1) // 3) // 2
                data.append(max(0, min(255, value + grid + noise)))
    return bytes(data)


def shortest_edge(width, height, size):
    """As torchvision's Resize and CLIP's processor: the long side is truncated."""
    if width <= height:
        return size, int(size * height / width)
    return int(size * width / height), size


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def main():
    cases = []
    for width, height, size in CASES:
        source = synthetic(width, height)
        image = Image.frombytes('RGB', (width, height), source)
        target = shortest_edge(width, height, size)
        cases.append({
            'width': width,
            'height': height,
            'target': {'width': target[0], 'height': target[1]},
            'source': sha256(source),
            'resized': {name: sha256(image.resize(target, kernel).tobytes()) for name, kernel in KERNELS.items()},
        })
    document = {'pillow': PIL.__version__, 'cases': cases}
    with open('src/image/fixtures/pillow-parity.json', 'w', encoding='utf-8') as file:
        json.dump(document, file, indent=1)
        file.write('\n')


if __name__ == '__main__':
    main()
