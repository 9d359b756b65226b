"""Which weights tell a hand's words from print?

    python fit.py TRAIN.csv VALIDATION.csv WEIGHTS.ts

The files are collect.js's. A network of one hidden layer, trained by Adam on all words at once; of several seeds the
one is kept that finds most of the validation hands' words where it takes one printed word in 300 for a hand's. The
weights are shifted so that 0 is that place: `script.ts` has them as log odds.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

HIDDEN = 16
STEPS = 600
SEEDS = range(8)
FALSE = 1 / 300


def load(path):
    with open(path) as file:
        names = file.readline().strip().split(",")[2:]
        table = np.loadtxt(file, delimiter=",")
    return names, torch.tensor(table[:, 1], dtype=torch.float32), torch.tensor(table[:, 2:], dtype=torch.float32)


def train(x, y, seed):
    torch.manual_seed(seed)
    net = torch.nn.Sequential(torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 1))
    steps = torch.optim.AdamW(net.parameters(), lr=1e-2, weight_decay=3e-2)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(steps, STEPS)
    # As many words by hand as printed, or nearly: a form has few of them.
    weight = ((y == 0).sum() / (y == 1).sum()).sqrt()
    for _ in range(STEPS):
        # A little noise, so that no single form's look is learnt by heart.
        odds = net(x + 0.15 * torch.randn_like(x))[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(odds, y, pos_weight=weight)
        steps.zero_grad()
        loss.backward()
        steps.step()
        slower.step()
    return net.eval()


def found(odds, y):
    """The place above which one printed word in 300 lies, and the share of the hand's words above it."""
    print_odds = odds[y == 0].sort().values
    place = print_odds[int(len(print_odds) * (1 - FALSE))]
    return place, (odds[y == 1] > place).float().mean().item()


def text(numbers):
    return ", ".join(f"{float(number):.4g}" for number in numbers)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("train", "validation", "weights"):
        words.add_argument(name)
    args = words.parse_args()
    names, y, x = load(args.train)
    _, y_other, x_other = load(args.validation)
    mean, spread = x.mean(0), x.std(0).clamp_min(1e-6)
    x, x_other = (x - mean) / spread, (x_other - mean) / spread
    best = None
    for seed in SEEDS:
        net = train(x, y, seed)
        with torch.no_grad():
            _, own = found(net(x)[:, 0], y)
            place, share = found(net(x_other)[:, 0], y_other)
        print(f"seed {seed}: of the hand's words, training {100 * own:.2f} %, validation {100 * share:.2f} %")
        if best is None or share > best[0]:
            best = (share, net, place.item())
    _, net, place = best
    first, last = net[0], net[2]
    rows = "\n".join(
        f"  {{ bias: {float(bias):.4g}, weights: [{text(row)}] }},"
        for row, bias in zip(first.weight, first.bias, strict=True)
    )
    Path(args.weights).write_text(
        "// Which weights tell a hand's words from print? (Written by src/ml/training/scripts/fit.py.)\n"
        "//\n"
        f"// Learnt from {len(y)} words, {int(y.sum())} of them by hand; chosen by {len(y_other)} words of other hands.\n\n"
        f"/** Of the features in their order: {', '.join(names)}. */\n"
        f"export const MEANS: readonly number[] = [{text(mean)}];\n"
        f"export const SPREADS: readonly number[] = [{text(spread)}];\n\n"
        "export interface Cell {\n  readonly bias: number;\n  readonly weights: readonly number[];\n}\n\n"
        "/** Each passes on what is above 0. */\n"
        f"export const HIDDEN: readonly Cell[] = [\n{rows}\n];\n\n"
        f"export const OUT: Cell = {{ bias: {float(last.bias) - place:.4g}, weights: [{text(last.weight[0])}] }};\n"
    )


if __name__ == "__main__":
    main()
