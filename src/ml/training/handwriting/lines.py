"""How do the line images of shard.ts become batches?"""

import json
import random
from pathlib import Path

import torch

BLANK = 0
# The network answers once in four pixels; widths are padded to this.
WIDTH_STEP = 8


class Lines:
    """All lines of the files given, kept as bytes: pixels become numbers a batch at a time."""

    def __init__(self, files, limit=None):
        self.alphabet = None
        self.height = None
        self.items = []
        for file in sorted(files):
            data = bytearray(Path(file).read_bytes())
            if data[:4] != b"MCHW":
                raise ValueError(f"{file} is no file of line images")
            first = 8 + int.from_bytes(data[4:8], "little")
            header = json.loads(data[8:first].decode("utf-8"))
            if self.alphabet not in (None, header["alphabet"]):
                raise ValueError(f"{file} has another alphabet than the files before it")
            self.alphabet, self.height = header["alphabet"], header["height"]
            pixels = torch.frombuffer(data, dtype=torch.uint8, offset=first)
            for offset, width, kind, family, clean, text in header["lines"]:
                picture = pixels[offset : offset + width * self.height].view(self.height, width)
                self.items.append((picture, text, kind, family, clean))
        if limit is not None:
            self.items = self.items[:limit]
        if not self.items:
            raise ValueError("there are no lines to learn from")
        self.classes = {letter: i + 1 for i, letter in enumerate(self.alphabet)}

    def __len__(self):
        return len(self.items)

    def text_of(self, classes):
        """Greedy: equal neighbours are one, blanks are none."""
        out, before = [], BLANK
        for value in classes:
            if value not in (BLANK, before):
                out.append(self.alphabet[value - 1])
            before = value
        return "".join(out)

    def batches(self, size, seed, shuffle=True):
        """Lists of indices of lines about as wide as each other; the same seed gives the same order."""
        order = list(range(len(self.items)))
        if not shuffle:
            order.sort(key=lambda i: self.items[i][0].shape[1])
            return [order[i : i + size] for i in range(0, len(order), size)]
        draw = random.Random(seed)
        draw.shuffle(order)
        made = []
        pool = size * 24
        for start in range(0, len(order), pool):
            part = sorted(order[start : start + pool], key=lambda i: self.items[i][0].shape[1])
            made.extend(part[i : i + size] for i in range(0, len(part), size))
        draw.shuffle(made)
        return made

    def batch(self, indices):
        """Ink (0 paper … 1 black) as [n, 1, height, width], each line's own width, and the classes to be read."""
        pictures = [self.items[i][0] for i in indices]
        widths = [picture.shape[1] for picture in pictures]
        widest = -(-max(widths) // WIDTH_STEP) * WIDTH_STEP
        ink = torch.zeros(len(pictures), 1, self.height, widest)
        for row, picture in enumerate(pictures):
            ink[row, 0, :, : picture.shape[1]] = (255 - picture).float() / 255
        labels = [[self.classes[letter] for letter in self.items[i][1]] for i in indices]
        return ink, torch.tensor(widths), labels


def bend(ink, generator, slant=0.3, wave_px=1.5):
    """Each line with another slant and a base line that waves otherwise: hands that no font has."""
    n, _, height, width = ink.shape
    y, x = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")

    def signed(*shape):
        return 2 * torch.rand(*shape, 1, 1, generator=generator) - 1

    turn = 2 * torch.pi * torch.rand(n, 1, 1, generator=generator)
    length = 80 + 320 * torch.rand(n, 1, 1, generator=generator)
    across = x + slant * signed(n) * (y - height / 2)
    down = y + wave_px * signed(n) * torch.sin(2 * torch.pi * x / length + turn)
    grid = torch.stack((across / width * 2 - 1, down / height * 2 - 1), dim=3)
    return torch.nn.functional.grid_sample(ink, grid, padding_mode="border", align_corners=False)


def disturb(ink, widths, generator):
    """What one drawing is worth many times: other slant, pen, light, contrast, place, width, grain. Labels stay true."""

    def between(low, high, *shape):
        return low + (high - low) * torch.rand(*shape, generator=generator)

    n, _, height, width = ink.shape
    if float(between(0, 1, 1)) < 0.5:
        ink = bend(ink, generator)
    pen = float(between(0, 1, 1))
    if pen < 0.15:
        ink = torch.nn.functional.max_pool2d(ink, 2, stride=1, padding=1)[:, :, :height, :width]
    elif pen < 0.25:
        ink = -torch.nn.functional.max_pool2d(-ink, 2, stride=1, padding=1)[:, :, :height, :width]
    stretch = float(between(0.88, 1.15, 1))
    wide = max(WIDTH_STEP, round(width * stretch / WIDTH_STEP) * WIDTH_STEP)
    tall = int(between(height - 8, height + 4, 1))
    out = torch.nn.functional.interpolate(ink, size=(tall, wide), mode="bilinear", align_corners=False)
    up = int(between(0, abs(height - tall) + 1, 1))
    if tall < height:
        out = torch.nn.functional.pad(out, (0, 0, up, height - tall - up), mode="replicate")
    else:
        out = out[:, :, up : up + height]
    out = out * between(0.7, 1.25, n, 1, 1, 1) + between(-0.08, 0.12, n, 1, 1, 1)
    if float(between(0, 1, 1)) < 0.3:
        out = torch.nn.functional.avg_pool2d(out, 3, stride=1, padding=1, count_include_pad=False)
    grain = between(0, 0.05, n, 1, 1, 1)
    out = out + grain * torch.randn(out.shape, generator=generator)
    if float(between(0, 1, 1)) < 0.25:
        at = int(between(0, wide - 8, 1))
        out[:, :, :, at : at + int(between(2, 7, 1))] *= float(between(0.2, 0.7, 1))
    scaled = (widths.float() * wide / width).round().long().clamp(max=wide)
    return out.clamp(0, 1), scaled
