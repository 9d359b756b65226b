"""How is the network trained, and how well does it read writers whom it never met?

    python train.py --data FOLDER --out FOLDER --minutes 60 [--threads 2] [--batch 16] [--seed 1] [--width 192]
    python train.py --data FOLDER --out FOLDER --minutes 5 --smoke      200 lines, by heart: can it learn at all?

Stops by the clock: the rate of learning falls as a cosine over the minutes given. Begun again with the same --out it
goes on where it stopped; --minutes counts from the first beginning. Writes curve.csv, figures.json, checkpoint.pt.
On a machine with an accelerator: --device cuda. --bf16 computes in bfloat16, on a processor that has it (AVX-512 BF16)
a quarter less time a line; weights and losses stay float32.

The whole way, after a build (D stands for dist/src/ml/training/handwriting, S for src/ml/training/handwriting):

    node D/fetch-fonts.js FONTS
    node D/generate.js --fonts FONTS --out DATA --role train --lines 60000
    node D/generate.js --fonts FONTS --out DATA --role train --lines 15000 --seed 2 --kinds date,number,phone,money
    node D/generate.js --fonts FONTS --out DATA --role validation --lines 3000
    node D/generate.js --fonts FONTS --out DATA --role unseen --lines 3000
    python S/train.py --data DATA --out RUN --minutes 120 --threads 2
    python S/export.py RUN/checkpoint.pt MODEL
    node D/calibrate.js --model MODEL --data DATA --install src/ml

Needs PyTorch 2 and nothing else. Validation families steer nothing but the curve; unseen ones are read once, at the
end.
"""

import argparse
import csv
import json
import math
import time
from pathlib import Path

import torch
from lines import BLANK, Lines, disturb
from network import LineReader, multiplications


def edits(said, meant):
    row = list(range(len(meant) + 1))
    for i, a in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(meant, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def measure(reader, lines, batch, device):
    """Character errors over characters, of all, by family and by kind; and the share of lines that are wholly right."""
    counts = {}
    reader.eval()
    with torch.no_grad():
        for indices in lines.batches(batch, 0, shuffle=False):
            ink, widths, _ = lines.batch(indices)
            best = reader(ink.to(device)).argmax(2).cpu()
            for column, i in enumerate(indices):
                _, text, kind, family, clean = lines.items[i]
                said = lines.text_of(best[: -(-int(widths[column]) // 4), column].tolist())
                wrong = edits(said, text)
                for key in ("all", f"family {family}", f"kind {kind}", "clean" if clean else "camera"):
                    sums = counts.setdefault(key, [0, 0, 0, 0])
                    for k, value in enumerate((wrong, len(text), wrong == 0, 1)):
                        sums[k] += value
    return {
        key: {"cer": wrong / max(1, letters), "whole": right / n, "lines": n}
        for key, (wrong, letters, right, n) in sorted(counts.items())
    }


class Average:
    """A slowly following copy of the weights, which reads better than the last step's."""

    def __init__(self, reader):
        self.state = {k: v.detach().clone() for k, v in reader.state_dict().items()}

    def follow(self, reader, step):
        keep = min(0.998, (1 + step) / (10 + step))
        for key, value in reader.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[key].lerp_(value.detach(), 1 - keep)
            else:
                self.state[key].copy_(value)


def loss_of(logits, widths, labels):
    steps = torch.clamp(-(-widths // 4), max=logits.shape[0])
    flat = torch.tensor([c for label in labels for c in label], dtype=torch.long)
    lengths = torch.tensor([len(label) for label in labels])
    chances = logits.float().log_softmax(2)
    loss = torch.nn.functional.ctc_loss(
        chances, flat.to(logits.device), steps, lengths, BLANK, reduction="none", zero_infinity=True
    )
    return (loss / lengths.to(loss.device)).mean()


class Training:
    def __init__(self, options):
        self.options, self.out = options, Path(options.out)
        self.out.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(options.seed)
        torch.set_num_threads(options.threads)
        self.lines, self.files = None, []
        self.look_for_lines()
        self.device = torch.device(options.device)
        drop = 0.0 if options.smoke else 0.1
        self.reader = LineReader(len(self.lines.alphabet), width=options.width, stem=options.stem, drop=drop)
        # Channels last: a seventh less time a step on a processor.
        self.reader.to(self.device, memory_format=torch.channels_last)
        self.average = Average(self.reader)
        plain = [p for p in self.reader.parameters() if p.dim() == 1]
        dense = [p for p in self.reader.parameters() if p.dim() > 1]
        groups = [{"params": dense, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=options.rate, betas=(0.9, 0.98))
        self.step, self.round, self.seconds, self.seen = 0, 0, 0.0, 0
        self.file = self.out / "checkpoint.pt"
        if self.file.exists():
            self.resume()

    def look_for_lines(self):
        """Files that were made since the last round are learnt from as well: making and learning go side by side."""
        files = sorted(Path(self.options.data).glob("train-*.lines"))
        if files != self.files:
            self.lines, self.files = Lines(files, 200 if self.options.smoke else None), files

    def resume(self):
        kept = torch.load(self.file, map_location=self.device, weights_only=True)
        if kept["alphabet"] != self.lines.alphabet:
            raise ValueError("the checkpoint was trained on another alphabet")
        self.reader.load_state_dict(kept["reader"])
        self.average.state = kept["average"]
        self.optimiser.load_state_dict(kept["optimiser"])
        self.step, self.round, self.seconds, self.seen = (kept[k] for k in ("step", "round", "seconds", "seen"))

    def save(self):
        kept = {
            "alphabet": self.lines.alphabet,
            "shape": self.reader.shape,
            "reader": self.reader.state_dict(),
            "average": self.average.state,
            "optimiser": self.optimiser.state_dict(),
            **{k: getattr(self, k) for k in ("step", "round", "seconds", "seen")},
        }
        half = self.file.with_suffix(".half")
        torch.save(kept, half)
        half.replace(self.file)

    def rate(self):
        done = min(1.0, self.seconds / (60 * self.options.minutes))
        warm = min(1.0, (self.step + 1) / 100)
        return self.options.rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))

    def learn(self, indices, generator):
        ink, widths, labels = self.lines.batch(indices)
        if not self.options.smoke:
            ink, widths = disturb(ink, widths, generator)
        self.reader.train()
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.options.bf16):
            logits = self.reader(ink.to(self.device, memory_format=torch.channels_last))
        loss = loss_of(logits, widths, labels)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.reader.parameters(), 2.0)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.optimiser.step()
        self.step += 1
        self.seen += len(indices)
        self.average.follow(self.reader, self.step)
        return float(loss.detach())

    def figures(self, lines):
        own = {k: v.clone() for k, v in self.reader.state_dict().items()}
        self.reader.load_state_dict(self.average.state)
        measured = measure(self.reader, lines, self.options.batch, self.device)
        self.reader.load_state_dict(own)
        return measured

    def run(self):
        options = self.options
        held = self.lines if options.smoke else Lines(Path(options.data).glob("validation-*.lines"), options.held)
        fresh = not (self.out / "curve.csv").exists()
        with (self.out / "curve.csv").open("a", newline="") as file:
            curve = csv.writer(file)
            if fresh:
                curve.writerow(["step", "lines", "minutes", "loss", "rate", "ms_a_step", "processor_ms_a_step", "held_out_cer"])
            # Each round is one pass; a resumed one begins its pass anew with another order.
            recent, looked = [], time.monotonic()
            while self.seconds < 60 * options.minutes:
                self.round += 1
                self.look_for_lines()
                generator = torch.Generator().manual_seed(options.seed * 1_000_003 + self.round)
                for indices in self.lines.batches(options.batch, options.seed * 7919 + self.round):
                    started, worked = time.monotonic(), time.process_time()
                    loss = self.learn(indices, generator)
                    took = time.monotonic() - started
                    self.seconds += took
                    recent.append((loss, took, time.process_time() - worked))
                    if self.seconds >= 60 * options.minutes:
                        break
                    if time.monotonic() - looked > options.look:
                        self.report(curve, file, recent, held)
                        recent, looked = [], time.monotonic()
            if recent:
                self.report(curve, file, recent, held)
        self.finish(held)

    def report(self, curve, file, recent, held):
        loss, took, worked = (sum(values) / len(recent) for values in zip(*recent))
        cer = self.figures(held)["all"]["cer"]
        row = [self.step, self.seen, f"{self.seconds / 60:.2f}", f"{loss:.4f}", f"{self.rate():.6f}"]
        row += [f"{1000 * took:.0f}", f"{1000 * worked:.0f}", f"{cer:.4f}"]
        curve.writerow(row)
        file.flush()
        print(" ".join(map(str, row)), flush=True)
        self.save()

    def finish(self, held):
        figures = {
            "steps": self.step,
            "lines_seen": self.seen,
            "minutes": self.seconds / 60,
            "parameters": sum(p.numel() for p in self.reader.parameters()),
            "multiplications_of_800_px": multiplications(self.reader, 800),
            "seed": self.options.seed,
            "held_out": self.figures(held),
        }
        unseen = sorted(Path(self.options.data).glob("unseen-*.lines"))
        if unseen and not self.options.smoke:
            figures["unseen"] = self.figures(Lines(unseen))
        (self.out / "figures.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
        print(json.dumps({k: v for k, v in figures.items() if k not in ("held_out", "unseen")}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--stem", type=int, default=24)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--look", type=float, default=120, help="seconds between looks at the held-out lines")
    parser.add_argument("--held", type=int, default=400, help="how many held-out lines each look reads")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    Training(parser.parse_args()).run()


if __name__ == "__main__":
    main()
