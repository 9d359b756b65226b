"""Which network reads a line, and which plain steps is it made of once it is trained?

Convolutions only: no recurrence, so a line costs one pass on any backend. A stem looks at strokes, height is folded
into channels, and blocks of wide one-dimensional convolutions look along the line. Every normalisation is folded
into the convolution before it for the file (see `steps`).
"""

import torch
from torch import nn


class Conv(nn.Module):
    """Convolution, batch normalisation, rectifier; a step of the file's list."""

    def __init__(self, inputs, outputs, kernel, *, stride=(1, 1), dilation=(1, 1), depthwise=False, relu=True):
        super().__init__()
        self.pad = tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation))
        self.depthwise, self.relu = depthwise, relu
        groups = inputs if depthwise else 1
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, self.pad, dilation, groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, momentum=0.05)

    def forward(self, x):
        x = self.norm(self.conv(x))
        return torch.relu(x) if self.relu else x

    def steps(self):
        scale = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)
        weight = self.conv.weight * scale[:, None, None, None]
        # Depthwise [c, 1, h, w] and dense [o, i, h, w] both as height, width, input, output of TensorFlow.
        order = (2, 3, 0, 1) if self.depthwise else (2, 3, 1, 0)
        return [
            {
                "op": "depthwise" if self.depthwise else "conv",
                "weight": weight.permute(*order).contiguous(),
                "bias": self.norm.bias - self.norm.running_mean * scale,
                "stride": list(self.conv.stride),
                "dilation": list(self.conv.dilation),
                "pad": list(self.pad),
                "relu": self.relu,
            }
        ]


class Block(nn.Module):
    """Looks around in each channel, mixes channels twice as wide, and adds what it found."""

    def __init__(self, channels, kernel, dilation=(1, 1), drop=0.0):
        super().__init__()
        self.look = Conv(channels, channels, kernel, dilation=dilation, depthwise=True, relu=False)
        self.widen = Conv(channels, channels * 2, (1, 1))
        self.narrow = Conv(channels * 2, channels, (1, 1), relu=False)
        self.drop = nn.Dropout(drop)

    def forward(self, x):
        return x + self.drop(self.narrow(self.widen(self.look(x))))

    def steps(self):
        inner = [step for part in (self.look, self.widen, self.narrow) for step in part.steps()]
        return [{"op": "keep"}, *inner, {"op": "add"}]


class LineReader(nn.Module):
    """[n, 1, 48, w] of ink to [w / 4, n, classes + 1] of logits; class 0 is CTC's blank."""

    def __init__(self, classes, width=192, stem=24, height=48, blocks=(1, 1, 2, 2, 4, 1), drop=0.1):
        super().__init__()
        self.shape = {"classes": classes, "width": width, "stem": stem, "height": height, "blocks": list(blocks)}
        self.strokes = nn.ModuleList(
            [
                Conv(1, stem, (3, 3), stride=(2, 2)),
                Conv(stem, stem * 2, (3, 3), stride=(2, 2)),
                Block(stem * 2, (3, 3)),
                Conv(stem * 2, stem * 4, (3, 3), stride=(2, 1)),
                Block(stem * 4, (3, 3)),
                Conv(stem * 4, stem * 5, (3, 3), stride=(2, 1)),
            ]
        )
        self.fold = Conv(stem * 5 * (height // 16), width, (1, 1))
        self.along = nn.ModuleList(Block(width, (1, 9), (1, d), drop) for d in blocks)
        self.answer = nn.Conv2d(width, classes + 1, (1, 1))

    def forward(self, x):
        for part in self.strokes:
            x = part(x)
        n, c, h, w = x.shape
        # Channel h·C + c of the folded column, as TensorFlow's own order [h, w, c] gives it.
        x = x.permute(0, 2, 1, 3).reshape(n, h * c, 1, w)
        x = self.fold(x)
        for part in self.along:
            x = part(x)
        return self.answer(x)[:, :, 0].permute(2, 0, 1)

    def steps(self):
        """The trained network as a list of plain steps; weights as tensors."""
        made = [step for part in self.strokes for step in part.steps()]
        made += [{"op": "columns"}, *self.fold.steps()]
        made += [step for part in self.along for step in part.steps()]
        made.append(
            {
                "op": "conv",
                "weight": self.answer.weight.permute(2, 3, 1, 0).contiguous(),
                "bias": self.answer.bias,
                "stride": [1, 1],
                "dilation": [1, 1],
                "pad": [0, 0],
                "relu": False,
            }
        )
        return made


def multiplications(reader, width_px):
    """Of one line that wide."""
    total, h, w = 0, reader.shape["height"], width_px
    for step in reader.steps():
        if step["op"] == "columns":
            h = 1
        if "weight" not in step:
            continue
        h, w = -(-h // step["stride"][0]), -(-w // step["stride"][1])
        total += step["weight"].numel() * h * w
    return total
